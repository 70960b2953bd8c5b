package sinks

// Collected is a table with a few of its rows.
type Collected struct {
	Table   string
	Columns []string
	// The rows' values in the order of the columns, see Cells.CSV and Cells.JSON.
	Texts [][]string
	JSON  [][]any
}

// Collector keeps the rows that it is given, as the tables hold them: for a few
// vehicles, to be shown. The zero Collector is none: use NewCollector.
type Collector struct {
	cellSink
	tables []Collected
}

var _ Sink = (*Collector)(nil)

// NewCollector makes the collector of a run's rows.
func NewCollector(runID string) *Collector {
	specs := tableSpecs()
	c := &Collector{}
	for i := range specs {
		c.tables = append(c.tables, Collected{Table: specs[i].name, Columns: specs[i].names()})
	}
	c.cellSink = newCellSink(runID, func(n tableNo, cells []cell) error {
		to, row := &c.tables[n], Cells{&specs[n], cells}
		to.Texts, to.JSON = append(to.Texts, row.CSV()), append(to.JSON, row.JSON())
		return nil
	})
	return c
}

// Tables returns every table, in the order of the dictionary, also those without a row.
func (c *Collector) Tables() []Collected { return c.tables }
