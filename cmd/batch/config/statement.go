package config

import (
	"errors"

	"vehiclebatch/pipeline/record"
)

// Statement names the columns of a vendor's bill, for `batch reconcile`. An
// empty name leaves the column to be found by its usual names.
type Statement struct {
	Time, VIN, Plate, Ticket, Amount, Dataset string
	// Refund, Direction, Type and Status are columns that say what was paid back.
	Refund, Direction, Type, Status string
	// Charges is the sign of a charge, "positive" or "negative"; "": found out.
	Charges string
	// Names are texts that the dataset column holds for a dataset; nil: none.
	Names map[record.Dataset]string
}

// statement reads a vendor's section on its bill.
func (s *vendorSection) statement() Statement {
	var st Statement
	to := []struct {
		key   string
		value *string
	}{{"time", &st.Time}, {"vin", &st.VIN}, {"plate", &st.Plate}, {"ticket", &st.Ticket}, {"amount", &st.Amount}, {"dataset", &st.Dataset},
		{"refund", &st.Refund}, {"direction", &st.Direction}, {"type", &st.Type}, {"status", &st.Status}}
	known := append(s.sold(), "charges")
	for _, t := range to {
		known = append(known, t.key)
	}
	f := s.child("statement", known...)
	for _, t := range to {
		*t.value = read(&f, t.key, "", parseName)
	}
	st.Charges = read(&f, "charges", "", parseSign)
	for _, d := range s.sold() {
		if name := read(&f, d, "", parseName); name != "" {
			if st.Names == nil {
				st.Names = map[record.Dataset]string{}
			}
			st.Names[record.Dataset(d)] = name
		}
	}
	return st
}

func parseName(text string) (string, error) {
	if text == "" {
		return "", errors.New("is empty: write the column's header as the bill has it, or leave the key out")
	}
	return text, nil
}

func parseSign(text string) (string, error) {
	if text != "positive" && text != "negative" {
		return "", errors.New("want positive or negative: the sign of a charge in the column of amounts")
	}
	return text, nil
}
