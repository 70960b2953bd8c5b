package sources

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// scanAll reads every record of a text.
func scanAll(text string, delim byte) ([][]string, error) {
	return scanFrom(strings.NewReader(text), delim)
}

func scanFrom(r io.Reader, delim byte) ([][]string, error) {
	s := newScanner(bufio.NewReader(r), delim, 1)
	var all [][]string
	for {
		err := s.scan()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		var fields []string
		for i := range s.fields() {
			fields = append(fields, string(s.field(i)))
		}
		all = append(all, fields)
	}
}

// What encoding/csv writes is read back, whatever the fields hold.
func TestScannerReadsWhatCSVWrites(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		delim := rapid.SampledFrom([]rune(",;\t")).Draw(t, "delim")
		field := rapid.StringOf(rapid.RuneFrom([]rune("ab,;\t\" \n粤使")))
		records := rapid.SliceOfN(rapid.SliceOfN(field, 2, 5), 1, 5).Draw(t, "records")
		var text strings.Builder
		w := csv.NewWriter(&text)
		w.Comma, w.UseCRLF = delim, rapid.Bool().Draw(t, "crlf")
		if err := w.WriteAll(records); err != nil {
			t.Fatal(err)
		}
		got, err := scanAll(text.String(), byte(delim))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.EqualFunc(got, records, slices.Equal) {
			t.Fatalf("%q: got %q, want %q", text.String(), got, records)
		}
	})
}

// Where encoding/csv takes a text without complaint, both read the same.
func TestScannerAgreesWithEncodingCSV(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("ab,,\"\"\n\n粤"))).Draw(t, "text")
		r := csv.NewReader(strings.NewReader(text))
		r.FieldsPerRecord = -1
		want, err := r.ReadAll()
		if err != nil {
			t.SkipNow()
		}
		got, err := scanAll(text, ',')
		if err != nil {
			t.Fatal(err)
		}
		// A record that is one pair of quotes is a blank line here.
		want = slices.DeleteFunc(want, func(r []string) bool { return len(r) == 1 && r[0] == "" })
		if !slices.EqualFunc(got, want, slices.Equal) {
			t.Fatalf("%q: got %q, want %q", text, got, want)
		}
	})
}

// From a reader that gives one byte at a time there are no runs.
func TestScannerReadsRunsAsBytes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("ab,,;|\"\"\n\r\t  粤\x1a\x01"))).Draw(t, "text")
		delim := rapid.SampledFrom([]byte(",;\t|")).Draw(t, "delim")
		got, err := scanAll(text, delim)
		want, wantErr := scanFrom(iotest.OneByteReader(strings.NewReader(text)), delim)
		if !errors.Is(err, wantErr) || !slices.EqualFunc(got, want, slices.Equal) {
			t.Fatalf("%q: got %q, %v, want %q, %v", text, got, err, want, wantErr)
		}
	})
}

func TestScannerTakesLiberties(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		`a"b,c`:         {`a"b`, "c"},
		`a, "b,c" ,d`:   {"a", "b,c ", "d"},
		`"a"b,c`:        {"ab", "c"},
		`"a""b",c`:      {`a"b`, "c"},
		"\"a\r\nb\",c":  {"a\nb", "c"},
		"a,\"b\rc\"\rx": {"a", "b\nc"},
		`="0012",c`:     {`="0012"`, "c"},
		`,`:             {"", ""},
	} {
		got, err := scanAll(text, ',')
		if err != nil || !slices.Equal(got[0], want) {
			t.Errorf("%q: %q, %v; want %q", text, got, err, want)
		}
	}
}
