package postgres

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vehiclebatch/pipeline/ledger"
)

// A workspace keeps the last thing that it has seen, also where a write was cut off or a place was spoilt.
func TestWitnessOutlivesOneSpoiltPlace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w, err := openWitness(dir, witnessed{Address: "postgres://me@db/fleet", Ledger: 7, Commits: 1})
	if err != nil {
		t.Fatal(err)
	}
	group := []*change{{intent: &ledger.Attempt{Lookup: 3, N: 2}}, {intent: &ledger.Attempt{Lookup: 4, N: 1}}, {answer: &ledger.Answer{ID: 9}}}
	for commits := int64(2); commits < 5; commits++ {
		if err := w.committed(commits, group, []bool{true, false, true}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, WitnessName)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if s, there, ok := readWitness(dir); !there || !ok || s.Commits != 4 || s.Lookup != 3 || s.Attempt != 2 || s.Answer != 9 || s.Address != "postgres://me@db/fleet" {
		t.Errorf("the workspace has seen %+v", s)
	}
	for at := range 2 {
		spoilt := []byte(string(whole))
		spoilt[at*placeBytes+20] ^= 1
		if err := os.WriteFile(path, spoilt, 0o600); err != nil {
			t.Fatal(err)
		}
		if s, _, ok := readWitness(dir); !ok || s.Commits < 3 {
			t.Errorf("without place %d it has seen %+v, %v", at, s, ok)
		}
	}
	if err := os.WriteFile(path, []byte("spoilt"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := AddressIn(dir); err == nil || !strings.Contains(err.Error(), "--ledger") {
		t.Errorf("of a file that cannot be read: %v", err)
	}
}

// Nothing of a password is in an address that is shown or kept.
func TestAddressesWithoutPasswords(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"postgres://me:secret@db:5432/fleet":                          "postgres://me@db:5432/fleet",
		"postgres://me@db/fleet?password=secret&sslmode=require":      "postgres://me@db/fleet?sslmode=require",
		"postgresql://:secret@db/fleet?SSLPassword=secret":            "postgresql://@db/fleet",
		"postgres://me:secret@one:1,two:2/fleet?search_path=november": "postgres://me@one:1,two:2/fleet?search_path=november",
		"postgres://me:secret@[":                                      "",
	} {
		if got := WithoutPassword(address); got != want {
			t.Errorf("%s is shown as %s", address, got)
		}
	}
}

// Answers that the server did not take are read back as they came, without a last one that was cut off.
func TestSpoolKeepsAnswers(t *testing.T) {
	t.Parallel()
	s := &spool{t.TempDir()}
	for _, body := range []string{"one", "a\x00\xff", "three"} {
		if err := s.keep(&ledger.Answer{Lookup: 5, Attempt: 1, Call: "submit", Body: []byte(body)}); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(s.path())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.path(), text[:len(text)-3], 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := s.kept()
	if err != nil || len(list) != 2 || string(list[1].Body) != "a\x00\xff" || list[0].Lookup != 5 {
		t.Errorf("kept are %+v, %v", list, err)
	}
}
