package sqlite

import (
	"context"
	"database/sql"
	"os"
	"slices"
	"strings"
	"testing"

	"vehiclebatch/pipeline/ledger/sqlite/integrity"
)

// The file of digests has a line for every script; a new one is printed here.
func TestSchemasAreKnown(t *testing.T) {
	t.Parallel()
	scripts, err := scriptNames()
	must(t, err)
	db, err := sql.Open("sqlite", ":memory:")
	must(t, err)
	defer func() { must(t, db.Close()) }()
	db.SetMaxOpenConns(1)
	var sums []string
	for v := range scripts {
		must(t, migrateTo(context.Background(), db, v+1))
		sum, err := integrity.SchemaSum(context.Background(), db)
		must(t, err)
		if slices.Contains(sums, sum) {
			t.Errorf("version %d has the tables of another: a damaged number could not be told from it", v+1)
		}
		sums = append(sums, sum)
	}
	file, err := os.ReadFile("integrity/schemas.txt")
	must(t, err)
	if want := strings.Join(sums, "\n") + "\n"; string(file) != want {
		t.Errorf("integrity/schemas.txt should be:\n%s", want)
	}
}
