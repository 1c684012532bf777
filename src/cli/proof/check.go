// SPDX-License-Identifier: Apache-2.0
//
// Checks the place of an entry in its log: usage: check FOLDER NAME
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}

type node struct {
	Name string
	Keys []struct {
		Role string
		Jwk  struct{ X string }
	}
}

// Whose cosignatures (C2SP tlog-cosignature) does the note bear?
func cosigned(folder string, msg []byte) {
	text, sigs, _ := bytes.Cut(msg, []byte("\n\n"))
	text = append(text, '\n')
	for _, path := range must(filepath.Glob(folder + "/documents/keyset-*.json")) {
		var doc struct{ Payload string }
		var keyset struct {
			Team  string
			Nodes []node
		}
		if json.Unmarshal(must(os.ReadFile(path)), &doc) != nil ||
			json.Unmarshal(must(base64.RawURLEncoding.DecodeString(doc.Payload)), &keyset) != nil {
			log.Fatal(path)
		}
		for _, n := range keyset.Nodes {
			for _, k := range n.Keys {
				pub, err := base64.RawURLEncoding.DecodeString(k.Jwk.X)
				if k.Role != "cosign" || err != nil {
					continue
				}
				for _, line := range strings.Split(string(sigs), "\n") {
					f := strings.Fields(line)
					if len(f) != 3 || f[1] != n.Name {
						continue
					}
					raw := must(base64.StdEncoding.DecodeString(f[2]))
					if len(raw) != 76 {
						continue
					}
					t := binary.BigEndian.Uint64(raw[4:12])
					m := fmt.Sprintf("cosignature/v1\ntime %d\n%s", t, text)
					if ed25519.Verify(pub, []byte(m), raw[12:]) {
						fmt.Println("cosigned by", keyset.Team, "at", t)
					}
				}
			}
		}
	}
}

func main() {
	folder, name := os.Args[1], os.Args[2]
	jws := must(os.ReadFile(folder + "/" + name + ".jws"))
	proof := must(os.ReadFile(folder + "/" + name + ".tlog-proof"))
	vkey := must(os.ReadFile(folder + "/keys/" + name + ".log.vkey"))
	head, msg, _ := bytes.Cut(proof, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	if lines[0] != "c2sp.org/tlog-proof@v1" {
		log.Fatal("no tlog-proof")
	}
	record := must(base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra ")))
	if d := sha256.Sum256(jws); !bytes.Equal(d[:], record[2:34]) {
		log.Fatal("the record is not that of the entry")
	}
	index := must(strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64))
	var path tlog.RecordProof
	for _, l := range lines[3:] {
		path = append(path, must(tlog.ParseHash(l)))
	}
	v := must(note.NewVerifier(strings.TrimSpace(string(vkey))))
	n := must(note.Open(msg, note.VerifierList(v)))
	parts := strings.Split(n.Text, "\n")
	size := must(strconv.ParseInt(parts[1], 10, 64))
	root := must(tlog.ParseHash(parts[2]))
	if err := tlog.CheckRecord(path, size, root, index, tlog.RecordHash(record)); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("entry %d of %d in %s\n", index, size, parts[0])
	cosigned(folder, msg)
}
