package sinks

import (
	"bytes"
	"encoding/base64"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/metadata"
	"github.com/apache/arrow/go/v15/parquet/schema"
)

// arrowSchemaKey is where Arrow's readers look for the schema as Arrow has it.
const arrowSchemaKey = "ARROW:schema"

// Columns are known by their names, and none has values of one length.
const (
	noFieldID = -1
	noLength  = -1
)

// parquetSchema makes the schema of a file. A list is the group of three levels
// that the format prescribes; its elements may be null by the schema, as in every
// file of Arrow's for Go, and none is.
func (t *tableSpec) parquetSchema() (*schema.GroupNode, error) {
	nodes := make(schema.FieldList, 0, len(t.columns))
	for i := range t.columns {
		node, err := t.columns[i].parquetNode()
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", t.columns[i].name, err)
		}
		nodes = append(nodes, node)
	}
	return schema.NewGroupNode("schema", parquet.Repetitions.Required, nodes, noFieldID)
}

func (s *columnSpec) parquetNode() (schema.Node, error) {
	repetition := parquet.Repetitions.Required
	if s.nullable {
		repetition = parquet.Repetitions.Optional
	}
	physical, logical := kinds[s.kind].physical, kinds[s.kind].logical
	if s.kind != kindList && s.kind != kindNumbers {
		return schema.NewPrimitiveNodeLogical(s.name, repetition, logical, physical, noLength, noFieldID)
	}
	element, err := schema.NewPrimitiveNodeLogical(s.name, parquet.Repetitions.Optional, logical, physical, noLength, noFieldID)
	if err != nil {
		return nil, err
	}
	return schema.ListOf(element, repetition, noFieldID)
}

// parquetMetadata is what stands in the footer beside the schema: what is said of
// the table, and Arrow's schema, which has the dictionary's words for each column.
func (t *tableSpec) parquetMetadata() (metadata.KeyValueMetadata, error) {
	arrows := t.arrowSchema()
	about := metadata.KeyValueMetadata{}
	words := arrows.Metadata()
	for i, key := range words.Keys() {
		if err := about.Append(key, words.Values()[i]); err != nil {
			return nil, err
		}
	}
	var stream bytes.Buffer
	// A stream of Arrow's without a batch is the form in which its readers want it.
	if err := ipc.NewWriter(&stream, ipc.WithSchema(arrows)).Close(); err != nil {
		return nil, fmt.Errorf("write Arrow's schema: %w", err)
	}
	return about, about.Append(arrowSchemaKey, base64.StdEncoding.EncodeToString(stream.Bytes()))
}
