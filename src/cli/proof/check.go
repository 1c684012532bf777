// SPDX-License-Identifier: Apache-2.0
//
// Checks the place of an entry in its log, and the receipts of those who hold
// it: usage: check FOLDER NAME
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

type key struct {
	Role string
	Jwk  struct{ Crv, Kty, X string }
}

func (k key) public() []byte {
	pub, err := base64.RawURLEncoding.DecodeString(k.Jwk.X)
	if err != nil || len(pub) != ed25519.PublicKeySize {
		return nil
	}
	return pub
}

// RFC 7638
func (k key) kid() string {
	d := sha256.Sum256([]byte(fmt.Sprintf(`{"crv":%q,"kty":%q,"x":%q}`, k.Jwk.Crv, k.Jwk.Kty, k.Jwk.X)))
	return base64.RawURLEncoding.EncodeToString(d[:])
}

type keyset struct {
	Team  string
	Nodes []struct {
		Name string
		Keys []key
	}
	Revoked []struct{ Kid string }
}

func keysets(folder string) (sets []keyset) {
	for _, path := range must(filepath.Glob(folder + "/documents/keyset-*.json")) {
		var doc struct{ Payload string }
		var k keyset
		if json.Unmarshal(must(os.ReadFile(path)), &doc) != nil ||
			json.Unmarshal(must(base64.RawURLEncoding.DecodeString(doc.Payload)), &k) != nil {
			log.Fatal(path)
		}
		sets = append(sets, k)
	}
	return sets
}

// Whose cosignatures (C2SP tlog-cosignature) does the note bear?
func cosigned(folder string, msg []byte) {
	text, sigs, _ := bytes.Cut(msg, []byte("\n\n"))
	text = append(text, '\n')
	for _, set := range keysets(folder) {
		for _, n := range set.Nodes {
			for _, k := range n.Keys {
				pub := k.public()
				if k.Role != "cosign" || pub == nil {
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
						fmt.Println("cosigned by", set.Team, "at", t)
					}
				}
			}
		}
	}
}

// The payload of a JWS (RFC 7515) by an entry key of the team.
func signed(folder, team string, jws []byte) ([]byte, error) {
	p := strings.Split(string(jws), ".")
	if len(p) != 3 {
		return nil, fmt.Errorf("is no JWS")
	}
	var head struct{ Alg, Kid, Typ string }
	if json.Unmarshal(must(base64.RawURLEncoding.DecodeString(p[0])), &head) != nil ||
		head.Alg != "Ed25519" || head.Typ != "almenara-receipt+jws" {
		return nil, fmt.Errorf("is no receipt")
	}
	for _, set := range keysets(folder) {
		for _, r := range set.Revoked {
			if set.Team == team && r.Kid == head.Kid {
				return nil, fmt.Errorf("is by a key that the team has revoked")
			}
		}
	}
	for _, set := range keysets(folder) {
		for _, n := range set.Nodes {
			for _, k := range n.Keys {
				pub := k.public()
				if set.Team == team && k.Role == "entry" && pub != nil && k.kid() == head.Kid &&
					ed25519.Verify(pub, []byte(p[0]+"."+p[1]), must(base64.RawURLEncoding.DecodeString(p[2]))) {
					return base64.RawURLEncoding.DecodeString(p[1])
				}
			}
		}
	}
	return nil, fmt.Errorf("is not signed by a key of the team")
}

func within(ranges [][2]int64, index int64) bool {
	for _, r := range ranges {
		if r[0] <= index && index <= r[1] {
			return true
		}
	}
	return false
}

// Hash lines from the leaf upward.
func hashes(lines []string) (path tlog.RecordProof) {
	for _, l := range lines {
		path = append(path, must(tlog.ParseHash(l)))
	}
	return path
}

// Does the receipt say that the team holds this very entry? It names a root:
// the entry must be under that one too, or the receipt is of another history.
func receipt(folder, team, origin string, index int64, record []byte) error {
	var r struct {
		Log, Root, By string
		Size          int64
		Held, Missing [][2]int64
	}
	payload, err := signed(folder, team, must(os.ReadFile(folder+"/receipt-"+team+".jws")))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(payload, &r); err != nil {
		return err
	}
	if r.Log != origin {
		fmt.Printf("receipt of %s: of another log than this entry\n", team)
		return nil
	}
	proof, err := os.ReadFile(folder + "/receipt-" + team + ".proof")
	if err != nil {
		return fmt.Errorf("is not tied to the history: its proof is missing")
	}
	lines := strings.Split(string(proof), "\n")
	if len(lines) < 4 || lines[0] != "almenara-receipt-proof@v1" {
		return fmt.Errorf("is not tied to the history: no receipt-proof")
	}
	if lines[1] != fmt.Sprintf("index %d", index) {
		fmt.Printf("receipt of %s: of the entry at %s, not this one\n", team, lines[1])
		return nil
	}
	if r.By != team || index >= r.Size || record[1] == 0 && within(r.Missing, index) ||
		record[1] == 1 && !within(r.Held, index) {
		return fmt.Errorf("does not say that the team holds this entry")
	}
	var root tlog.Hash
	copy(root[:], must(base64.RawURLEncoding.DecodeString(r.Root)))
	if tlog.CheckRecord(hashes(lines[2:len(lines)-2]), r.Size, root, index, tlog.RecordHash(record)) != nil {
		return fmt.Errorf("is not of this history: the entry is not under its root")
	}
	fmt.Printf("receipt of %s: holds it, in %d entries of this history\n", team, r.Size)
	return nil
}

func receipts(folder, origin string, index int64, record []byte) {
	bad := false
	for _, path := range must(filepath.Glob(folder + "/receipt-*.jws")) {
		team := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), "receipt-"), ".jws")
		if err := receipt(folder, team, origin, index, record); err != nil {
			fmt.Printf("receipt of %s: %v\n", team, err)
			bad = true
		}
	}
	if bad {
		os.Exit(1)
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
	v := must(note.NewVerifier(strings.TrimSpace(string(vkey))))
	n := must(note.Open(msg, note.VerifierList(v)))
	parts := strings.Split(n.Text, "\n")
	size := must(strconv.ParseInt(parts[1], 10, 64))
	root := must(tlog.ParseHash(parts[2]))
	if err := tlog.CheckRecord(hashes(lines[3:]), size, root, index, tlog.RecordHash(record)); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("entry %d of %d in %s\n", index, size, parts[0])
	cosigned(folder, msg)
	receipts(folder, parts[0], index, record)
}
