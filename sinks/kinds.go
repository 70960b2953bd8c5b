package sinks

import (
	"fmt"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/schema"
)

// kindSpec says what a kind is called, and how its values are held in each format.
type kindSpec struct {
	name    string // in the dictionary
	inSheet string // in a workbook, in words
	inJSON  string // in datapackage.json
	inSQL   string // what DuckDB reads from CSV; lists are split later
	arrow   arrow.DataType
	// How Parquet holds the values and what they mean; of a list, its elements.
	physical parquet.Type
	logical  schema.LogicalType
}

var decimalType = fmt.Sprintf("decimal(%d,%d)", decimalPrecision, decimalScale)

// kinds are all kinds. Arrow's library knows no other lists than those whose elements
// may be null, and none is. A moment's logical type is forced: old readers know the
// moment by its converted type alone.
var kinds = [...]kindSpec{
	kindText: {"string", "text", "string", "VARCHAR",
		arrow.BinaryTypes.String, parquet.Types.ByteArray, schema.StringLogicalType{}},
	kindInt: {"int64", "whole number", "integer", "BIGINT",
		arrow.PrimitiveTypes.Int64, parquet.Types.Int64, schema.NewIntLogicalType(64, true)},
	kindBool: {"boolean", "TRUE or FALSE", "boolean", "BOOLEAN",
		arrow.FixedWidthTypes.Boolean, parquet.Types.Boolean, schema.NoLogicalType{}},
	kindDecimal: {decimalType, "number, two places", "number", strings.ToUpper(decimalType),
		&arrow.Decimal128Type{Precision: decimalPrecision, Scale: decimalScale},
		parquet.Types.Int64, schema.NewDecimalLogicalType(decimalPrecision, decimalScale)},
	kindDay: {"date", "date", "date", "DATE",
		arrow.FixedWidthTypes.Date32, parquet.Types.Int32, schema.DateLogicalType{}},
	kindMoment: {"timestamp (µs, UTC)", "date and time, China", "datetime", "TIMESTAMPTZ",
		arrow.FixedWidthTypes.Timestamp_us, parquet.Types.Int64, schema.NewTimestampLogicalTypeForce(true, schema.TimeUnitMicros)},
	kindList: {"list of strings", `texts, joined by "; "`, "string", "VARCHAR",
		arrow.ListOf(arrow.BinaryTypes.String), parquet.Types.ByteArray, schema.StringLogicalType{}},
	kindNumbers: {"list of int64", `whole numbers, joined by "; "`, "string", "VARCHAR",
		arrow.ListOf(arrow.PrimitiveTypes.Int64), parquet.Types.Int64, schema.NewIntLogicalType(64, true)},
}
