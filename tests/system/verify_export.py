# SPDX-License-Identifier: Apache-2.0
#
# What an auditor does with an exported entry, by the documents alone and
# without a line of ours: the standard library and python3-cryptography.
#
# usage: verify_export.py NET STEM NEED [TEAM]
#
# NET has the public documents and the pinned root; STEM.jws and
# STEM.tlog-proof are the export. Checks the documents from the root down, the
# entry, its leaf record, the proof, the log's signature and the cosignatures
# of NEED other teams. With TEAM the entry must be sealed, and for that team.
import base64
import glob
import hashlib
import json
import re
import struct
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def sha256(*parts):
    return hashlib.sha256(b''.join(parts)).digest()


def unb64(s):
    raw = base64.b64decode(s, validate=True)
    assert base64.b64encode(raw).decode() == s, 'base64 is not canonical'
    return raw


def unb64u(s):
    raw = base64.urlsafe_b64decode(s + '=' * (-len(s) % 4))
    assert b64u(raw) == s, 'base64url is not canonical'
    return raw


def b64u(raw):
    return base64.urlsafe_b64encode(raw).decode().rstrip('=')


def thumbprint(jwk):  # RFC 7638
    need = {m: jwk[m] for m in ('crv', 'kty', 'x')}
    text = json.dumps(need, sort_keys=True, separators=(',', ':'))
    return b64u(sha256(text.encode()))


def verify(public, sig, text):
    Ed25519PublicKey.from_public_bytes(public).verify(sig, text)


# --- documents: the root pins the charter, and so on down ---

def document(path, keys, need):
    """The payload of a document that `need` of `keys` (by kid) signed."""
    with open(path) as f:
        doc = json.load(f)
    keys = {thumbprint(k): k for k in keys(doc['payload'])}
    signed = set()
    for s in doc['signatures']:
        header = json.loads(unb64u(s['protected']))
        assert header['typ'] == 'almenara-document+jws'
        if header['kid'] in keys:
            verify(unb64u(keys[header['kid']]['x']), unb64u(s['signature']),
                   (s['protected'] + '.' + doc['payload']).encode())
            signed.add(header['kid'])
    payload = json.loads(unb64u(doc['payload']))
    assert len(signed) >= (need or payload['k_charter']), path
    return payload


def read_network(net):
    with open(net + '/root') as f:
        root = f.read().strip()

    def founders(payload):
        raw = unb64u(payload)
        assert b64u(sha256(raw)) == root, 'not the pinned charter'
        return [a['jwk'] for a in json.loads(raw)['authorities']]
    charter = document(net + '/charter.json', founders, None)
    register = document(net + '/register.json', lambda _: [
        a['jwk'] for a in charter['authorities']], charter['k_register'])
    identity = {t['team']: t['identity'] for t in register['teams']}
    sets = {}
    for path in glob.glob(net + '/keyset-*.json'):
        def owner(payload):
            return [identity[json.loads(unb64u(payload))['team']]]
        keyset = document(path, owner, 1)
        sets[keyset['team']] = keyset
    return sets


# --- the signed note and the proof (C2SP) ---

def key_id(name, kind, public):
    return sha256(name.encode(), b'\n', bytes([kind]), public)[:4]


def read_note(note):
    text, lines = note.split('\n\n', 1)
    sigs = []
    for line in lines.splitlines():
        dash, name, sig = line.split(' ')
        assert dash == '\u2014'
        raw = unb64(sig)
        sigs.append((name, raw[:4], raw[4:]))
    return text + '\n', sigs


def root_of(index, size, leaf, path):  # RFC 9162, 2.1.3.2
    assert index < size, 'the checkpoint does not cover the entry'
    fn, sn, r = index, size - 1, leaf
    for p in path:
        assert sn != 0, 'the proof is too long'
        if fn & 1 or fn == sn:
            r = sha256(b'\1', p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = sha256(b'\1', r, p)
        fn, sn = fn >> 1, sn >> 1
    assert sn == 0, 'the proof is too short'
    return r


def read_proof(text):
    head, note = text.split('\n\n', 1)
    lines = head.split('\n')
    assert lines[0] == 'c2sp.org/tlog-proof@v1'
    extra, index = lines[1], lines[2]
    assert extra.startswith('extra ') and re.fullmatch(
        'index (0|[1-9][0-9]*)', index)
    return (unb64(extra[6:]), int(index[6:]),
            [unb64(h) for h in lines[3:]], note)


def check_checkpoint(note, keyset, origin, sets, need):
    text, sigs = read_note(note)
    name, size, root = text.split('\n')[:3]
    assert name == origin and text == f'{name}\n{size}\n{root}\n'
    vkey = [g['vkey'] for g in keyset['logs'] if g['origin'] == origin][0]
    public = unb64(vkey.split('+', 2)[2])
    assert public[0] == 1
    own = [s for n, k, s in sigs
           if n == origin and k == key_id(n, 1, public[1:])]
    assert own, 'the log did not sign the checkpoint'
    verify(public[1:], own[0], text.encode())

    witnesses = set()
    for team, other in sets.items():
        for node in other['nodes']:
            for key in node['keys']:
                public = unb64u(key['jwk'].get('x', ''))
                if key['role'] != 'cosign' or team == keyset['team']:
                    continue
                for n, k, s in sigs:
                    if n == node['name'] and k == key_id(n, 4, public):
                        time = struct.unpack('>Q', s[:8])[0]
                        verify(public, s[8:],
                               b'cosignature/v1\ntime %d\n' % time +
                               text.encode())
                        witnesses.add(team)
    assert len(witnesses) >= need, f'only {sorted(witnesses)} cosigned'
    return int(size), unb64(root)


# --- the entry ---

def check_entry(jws, sets):
    protected, payload, sig = jws.split('.')
    header = json.loads(unb64u(protected))
    entry = json.loads(unb64u(payload))
    keyset = sets[entry['iss']]
    keys = [k['jwk'] for n in keyset['nodes'] for k in n['keys']
            if k['role'] == 'entry' and k['log'] == entry['log'] and
            thumbprint(k['jwk']) == header['kid']]
    assert header == {'alg': 'Ed25519', 'kid': header['kid'],
                      'typ': 'almenara-entry+jws'}
    assert keys, 'no entry key of its issuer'
    verify(unb64u(keys[0]['x']), unb64u(sig),
           (protected + '.' + payload).encode())
    return entry, keyset


def main(net, stem, need, team=None):
    sets = read_network(net)
    with open(stem + '.jws', newline='') as f:
        jws = f.read()
    with open(stem + '.tlog-proof', newline='') as f:
        record, index, path, note = read_proof(f.read())
    entry, keyset = check_entry(jws, sets)
    assert record[:2] == (b'\1\1' if team else b'\1\0')
    assert len(record) == (66 if team else 34)
    assert record[2:34] == sha256(jws.encode()), 'not the record of the entry'
    assert not team or team in entry['aud']
    assert team or 'aud' not in entry
    size, root = check_checkpoint(note, keyset, entry['log'], sets, int(need))
    assert root_of(index, size, sha256(b'\0', record), path) == root, \
        'the entry is not in the log'
    print(f'entry {index} of {size} in {entry["log"]}')


main(*sys.argv[1:])
