package sinks

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func readPackage(t *testing.T, dir string) packageJSON {
	t.Helper()
	var doc packageJSON
	d := json.NewDecoder(bytes.NewReader(read(t, dir, packageName)))
	d.DisallowUnknownFields()
	must(t, d.Decode(&doc))
	return doc
}

// Every CSV file is a resource of its bytes, with a field for each column.
func TestDataPackageTellsOfEveryCSV(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := write(t, dir, fileFormats(), feedSample)
	doc := readPackage(t, dir)
	if doc.Name != strings.ToLower(doc.Name) || doc.ID != m.RunID || len(doc.Resources) != len(tableSpecs()) {
		t.Errorf("%s (%s) has %d resources", doc.Name, doc.ID, len(doc.Resources))
	}
	for i, spec := range tableSpecs() {
		r := doc.Resources[i]
		at := slices.IndexFunc(m.Outputs, func(o Output) bool { return o.Path == r.Path })
		if at < 0 || r.Path != spec.name+".csv" || r.Bytes != m.Outputs[at].Bytes || r.Hash != "sha256:"+m.Outputs[at].SHA256 {
			t.Errorf("%s: %d bytes, %s; the manifest has %+v", r.Path, r.Bytes, r.Hash, m.Outputs[max(at, 0)])
		}
		header, _, _ := strings.Cut(string(read(t, dir, r.Path)), "\n")
		var fields []string
		for _, f := range r.Schema.Fields {
			fields = append(fields, f.Name)
		}
		if strings.Join(fields, ",") != header {
			t.Errorf("%s: fields %v, header %s", r.Path, fields, header)
		}
		for _, key := range r.Schema.ForeignKeys {
			if key.Reference.Resource != vehiclesName || !slices.Contains(fields, key.Fields[0]) {
				t.Errorf("%s: foreign key %+v", r.Path, key)
			}
		}
	}
}

func TestFieldsOfADataPackage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, []Format{CSV}, feedSample)
	got := map[string]fieldJSON{}
	for _, r := range readPackage(t, dir).Resources {
		for _, f := range r.Schema.Fields {
			got[r.Name+"."+f.Name] = f
		}
	}
	for name, want := range map[string]string{
		"vehicles.row":                         "integer default required",
		"vehicles.engine_no":                   "string default",
		"vehicles.problems":                    "string default list of string", // empty is missing: not required
		"vehicles.cost_cny":                    "number default required",
		"maintenance_reports.fire":             "boolean default",
		"maintenance_reports.rollback_seqs":    "string default list of integer",
		"maintenance_records.visit_date":       "date default",
		"violations.occurred_at":               "datetime any",
		"violations.fetched_at":                "datetime any required",
		"failures.file_row":                    "integer default",
		"maintenance_reports.first_visit_date": "date default",
	} {
		f := got[name]
		text := f.Type + " " + f.Format
		if f.List != nil {
			text += " list of " + f.List.ItemType
		}
		if f.Constraints != nil && f.Constraints.Required {
			text += " required"
		}
		if text != want || f.Description == "" {
			t.Errorf("%s is %q, want %q", name, text, want)
		}
	}
}

// The documents of the CSV files are there with CSV alone, and are looked after.
func TestDocumentsOfCSVComeAndGo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := write(t, dir, []Format{CSV}, feedSample)
	first := [][]byte{read(t, dir, packageName), read(t, dir, schemaName)}
	for i, name := range []string{packageName, schemaName} {
		if found := CheckFiles(dir, m); len(found) > 0 {
			t.Errorf("whole files are said to be wrong: %v", found)
		}
		must(t, os.WriteFile(filepath.Join(dir, name), append(slices.Clone(first[i]), ' '), 0o600))
		if found := CheckFiles(dir, m); len(found) != 1 || found[0].File != name {
			t.Errorf("a changed %s is not found: %v", name, found)
		}
		must(t, os.WriteFile(filepath.Join(dir, name), first[i], 0o600))
	}
	write(t, dir, []Format{CSV}, feedSample)
	if !bytes.Equal(read(t, dir, packageName), first[0]) || !bytes.Equal(read(t, dir, schemaName), first[1]) {
		t.Error("the same rows give other documents")
	}
	m = write(t, dir, []Format{Parquet, XLSX}, feedSample)
	for _, name := range []string{packageName, schemaName} {
		if _, err := os.Stat(filepath.Join(dir, name)); !os.IsNotExist(err) || m.lists(name) {
			t.Errorf("without CSV %s is there: %v", name, err)
		}
	}
}

// What schema.sql takes off a text is what CSV has put there, and no more.
func TestSchemaTakesOffWhatHarmlessPuts(t *testing.T) {
	t.Parallel()
	pattern := regexp.MustCompile(`regexp_replace\(t, '(.*)', '\\1'\)`).FindStringSubmatch(schemaHead)
	if pattern == nil {
		t.Fatal("schema.sql has no macro that takes apostrophes off")
	}
	re := regexp.MustCompile(strings.ReplaceAll(pattern[1], "''", "'"))
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`'{0,3}[=+@\t\r\n＝－0-9-]?[0-9A']{0,3}`)).Draw(t, "text")
		if got := re.ReplaceAllString(Harmless(text), "$1"); got != text {
			t.Fatalf("%q stands as %q and comes back as %q", text, Harmless(text), got)
		}
	})
}

// A list comes apart where its parts do, whatever they hold.
func TestListsComeApart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		parts []string
		want  string
	}{
		{nil, ""},
		{[]string{"one"}, "one"},
		{[]string{"a", "b"}, "a; b"},
		{[]string{"the VIN holds O; it has none", "b"}, "the VIN holds O;\u00A0it has none; b"},
		{[]string{"ends;", " begins"}, "ends;;  begins"},
		{[]string{"a;b", "; c; "}, "a;b; ;\u00A0c;\u00A0"},
	} {
		if got := joinList(c.parts); got != c.want {
			t.Errorf("%q is joined to %q, want %q", c.parts, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.StringOf(rapid.SampledFrom([]rune("ab; \n'"))), 2, 5).Draw(t, "parts")
		got := strings.Split(joinList(parts), listSeparator)
		for i := range got {
			got[i] = strings.ReplaceAll(got[i], innerSeparator, listSeparator)
		}
		if !slices.Equal(got, parts) {
			t.Fatalf("%q comes back as %q", parts, got)
		}
	})
}

// Every column is read with a type, and none is called as it is not.
func TestSchemaHasEveryColumn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, []Format{CSV}, feedSample)
	sql := string(read(t, dir, schemaName))
	for _, spec := range tableSpecs() {
		_, statement, ok := strings.Cut(sql, "CREATE OR REPLACE TABLE \""+spec.name+"\" AS SELECT\n")
		statement, _, _ = strings.Cut(statement, "});")
		if !ok {
			t.Errorf("%s is missing", spec.name)
		}
		for i := range spec.columns {
			c := &spec.columns[i]
			if !strings.Contains(statement, " AS \""+c.name+"\"") || !strings.Contains(statement, "'"+c.name+"': '"+kinds[c.kind].inSQL+"'") {
				t.Errorf("%s.%s is missing in\n%s", spec.name, c.name, statement)
			}
		}
	}
	for _, want := range []string{`CASE WHEN "rollback_seqs" IS NOT NULL OR "odometer_rollback" THEN parts("rollback_seqs")::BIGINT[] END AS "rollback_seqs"`,
		`'cost_cny': 'DECIMAL(14,2)'`, `'occurred_at': 'TIMESTAMPTZ'`, `parts("problems") AS "problems"`, `plain("vin") AS "vin"`} {
		if !strings.Contains(sql, want) {
			t.Errorf("%s is missing", want)
		}
	}
}
