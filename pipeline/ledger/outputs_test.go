package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
	"vehiclebatch/pipeline/ledger/integrity"
)

// What a run writes once stood in one text: it is the same in columns.
func TestOutputsMoveIntoColumns(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db, err := sql.Open("sqlite", ":memory:")
	must(t, err)
	defer func() { must(t, db.Close()) }()
	db.SetMaxOpenConns(1)
	must(t, migrateTo(ctx, db, 12))
	cases := []struct{ packed, formats, rest string }{
		{"parquet,csv", "parquet,csv", "en  0 false false"},
		{"", "", "en  0 false false"},
		{"csv,html:zh:7,partition,bom,lang:zh", "csv", "zh zh 7 true true"},
		{"html,parquet, CSV", "parquet, CSV", "en en 200 false false"},
		{"csv, HTML:ZH", "csv", "en zh 200 false false"},
		{"csv,html:zh:0,lang:zh", "csv", "zh zh 0 false false"},
		{"xlsx,bom", "xlsx", "en  0 false true"},
		{"csv,lang:fr", "csv", "fr  0 false false"},
		{`csv,"],[1\`, `csv,"],[1\`, "en  0 false false"},
	}
	for i, c := range cases {
		_, err := db.ExecContext(ctx, "INSERT INTO runs (seq, id, state, started_at, input_path, input_sha256, datasets, formats) VALUES (?, ?, 'open', 0, '', '', '', ?)", i, fmt.Sprint(i), c.packed)
		must(t, err)
	}
	must(t, migrate(ctx, db))
	for i, c := range cases {
		r, err := scanRun(db.QueryRowContext(ctx, "SELECT "+runColumns+" FROM runs WHERE seq=?", i))
		must(t, err)
		if rest := fmt.Sprint(r.Lang, " ", r.ReportLang, " ", r.ReportTop, " ", r.Partitioned, " ", r.BOM); r.Formats != c.formats || rest != c.rest {
			t.Errorf("%q became %q with %s; want %q with %s", c.packed, r.Formats, rest, c.formats, c.rest)
		}
	}
}

// A run whose outputs were damaged on the disk breaks a rule.
func TestDamagedOutputsBreakARule(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db, err := sql.Open("sqlite", ":memory:")
	must(t, err)
	defer func() { must(t, db.Close()) }()
	db.SetMaxOpenConns(1)
	must(t, migrate(ctx, db))
	_, err = db.ExecContext(ctx, "INSERT INTO runs (seq, id, state, started_at, input_path, input_sha256, datasets, formats) VALUES (1, 'a', 'open', 0, '', '', '', 'csv')")
	must(t, err)
	for set, want := range map[string]int{"lang='zh'": 0, "report_lang='zh', report_top=7": 0, "bom=1, partitioned=1": 0,
		"lang='zi'": 1, "report_lang='fr'": 1, "report_top=-1": 1, "bom=2": 1, "partitioned=-1": 1} {
		_, err := db.ExecContext(ctx, "UPDATE runs SET lang='en', report_lang='', report_top=0, partitioned=0, bom=0; UPDATE runs SET "+set)
		must(t, err)
		var broken int
		must(t, db.QueryRowContext(ctx, "SELECT COUNT(*) FROM runs WHERE "+integrity.NoOutputs).Scan(&broken))
		if broken != want {
			t.Errorf("%s breaks %d rows, want %d", set, broken, want)
		}
	}
}
