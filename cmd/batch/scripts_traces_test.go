package main

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"vehiclebatch/pipeline/ledger/sqlite"
	"vehiclebatch/vendors/simulator"
)

// cmdHolds looks for a text in all that a workspace holds: the raw bytes of
// every file, and the stored answers unpacked. holds out LSV...; ! holds out LSV...
func cmdHolds(ts *testscript.TestScript, neg bool, args []string) {
	dir, text := ts.MkAbs(argument(args, 0)), argument(args, 1)
	if text == "" {
		ts.Fatalf("usage: holds FOLDER TEXT")
	}
	var where []string
	for name, body := range everything(ts, dir) {
		if bytes.Contains(body, []byte(text)) {
			where = append(where, name)
		}
	}
	if (len(where) == 0) != neg {
		ts.Fatalf("%s is in %v", text, where)
	}
}

// everything is what a workspace holds, by name: files as they are, with their
// names, and each raw answer unpacked.
func everything(ts *testscript.TestScript, dir string) map[string][]byte {
	out := map[string][]byte{}
	ts.Check(filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if d.Type()&fs.ModeSymlink != 0 {
			target, err := os.Readlink(path)
			out[path] = []byte(path + " " + target)
			return err
		}
		body, err := os.ReadFile(path)
		out[path] = append(body, path...)
		return err
	}))
	for dir := range folders(out) {
		unpackAnswers(ts, dir, out)
	}
	return out
}

// folders are those of the files that hold a ledger.
func folders(files map[string][]byte) map[string]bool {
	out := map[string]bool{}
	for name := range files {
		if dir, ok := strings.CutSuffix(name, string(filepath.Separator)+sqlite.FileName); ok {
			out[dir] = true
		}
	}
	return out
}

// manyMissing is how many answers in a row may have been deleted.
const manyMissing = 2000

func unpackAnswers(ts *testscript.TestScript, dir string, to map[string][]byte) {
	l, err := sqlite.OpenReadOnly(context.Background(), dir, time.Now)
	ts.Check(err)
	defer l.Close() //nolint:errcheck // nothing was written
	for id, missing := int64(1), 0; missing < manyMissing; id++ {
		a, err := l.AnswerByID(context.Background(), id)
		if err != nil {
			missing++
			continue
		}
		missing = 0
		to[fmt.Sprintf("answer %d", id)] = append(a.Body, a.Failure...)
	}
}

// cmdSecretless holds that no key of the script's vendors stands anywhere, in
// any of the forms in which one may be of use, as it came or unwrapped: not in what
// a workspace holds, not in what the last program said. secretless out
func cmdSecretless(ts *testscript.TestScript, neg bool, args []string) {
	held := everything(ts, ts.MkAbs(argument(args, 0)))
	held["stdout"], held["stderr"] = []byte(ts.ReadFile("stdout")), []byte(ts.ReadFile("stderr"))
	if len(held) < 10 {
		ts.Fatalf("there are only %d things to look at", len(held))
	}
	keys := simulator.DefaultCredentials()
	for _, secret := range []string{keys.WAPISecret, keys.TencentSecretID, keys.TencentKey, keys.JumdataSecret} {
		for form, text := range formsOf(secret) {
			for name, body := range held {
				if bytes.Contains(body, []byte(text)) || bytes.Contains(unwrapped(body), []byte(text)) {
					ts.Fatalf("%s holds %s (%s)", name, text, form)
				}
			}
		}
	}
}

// unwrapped is what a page or a message of JSON says, on one line.
func unwrapped(body []byte) []byte {
	text := html.UnescapeString(string(body))
	return []byte(strings.NewReplacer(`\\`, `\`, `\n`, "", "\n", "").Replace(text))
}

// formsOf are the forms in which a secret could leak, worked out here anew.
func formsOf(secret string) map[string]string {
	b := []byte(secret)
	sum5, sum1, sum256 := md5.Sum(b), sha1.Sum(b), sha256.Sum256(b)
	quoted, _ := json.Marshal(secret) // a string always can
	return map[string]string{
		"raw": secret, "query": url.QueryEscape(secret), "path": url.PathEscape(secret), "html": html.EscapeString(secret),
		"json": strings.Trim(string(quoted), `"`), "hex": hex.EncodeToString(b), "HEX": strings.ToUpper(hex.EncodeToString(b)),
		"base64": base64.RawStdEncoding.EncodeToString(b), "base64url": base64.RawURLEncoding.EncodeToString(b),
		"md5": hex.EncodeToString(sum5[:]), "MD5": strings.ToUpper(hex.EncodeToString(sum5[:])),
		"escaped": eachByte(secret, `\u%04x`), "entities": eachByte(secret, "&#%d;"), "percent": eachByte(secret, "%%%02X"),
		"twice": url.QueryEscape(eachByte(secret, "%%%02X")), "basic": strings.TrimRight(base64.StdEncoding.EncodeToString([]byte("id:"+secret)), "="),
		"escaped inside": strings.TrimRight(base64.URLEncoding.EncodeToString([]byte("key="+eachByte(secret, `\u%04x`))), "="),
		"sha1":           hex.EncodeToString(sum1[:]), "sha256": hex.EncodeToString(sum256[:]),
	}
}

func eachByte(text, form string) string {
	var out strings.Builder
	for _, b := range []byte(text) {
		fmt.Fprintf(&out, form, b)
	}
	return out.String()
}

// cmdPrivate holds that nobody but the owner may read or enter anything below a
// folder, and the folder itself. private out
func cmdPrivate(ts *testscript.TestScript, neg bool, args []string) {
	seen := 0
	ts.Check(filepath.WalkDir(ts.MkAbs(argument(args, 0)), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Type()&fs.ModeSymlink != 0 {
			return err
		}
		info, err := d.Info()
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		}
		if err == nil && info.Mode().Perm() != want {
			ts.Fatalf("%s has mode %v", path, info.Mode())
		}
		seen++
		return err
	}))
	if seen < 12 {
		ts.Fatalf("there are only %d files", seen)
	}
}
