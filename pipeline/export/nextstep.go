package export

import (
	"strings"

	"vehiclebatch/pipeline/ledger"
	"vehiclebatch/pipeline/messages"
	"vehiclebatch/pipeline/record"
)

// retryable tells whether the same lookup can end differently without a change of the input.
func retryable(k *ledger.Lookup) bool {
	switch k.Class {
	case record.InvalidInput, record.MissingInput, record.Rejected:
		return false
	}
	return true
}

// nextStep says what the user can do about a failed lookup.
func nextStep(row *ledger.Row, a *ledger.Asked, said *messages.Printer) string {
	k := &a.Lookup
	switch k.Class {
	case record.InvalidInput:
		return invalid(row, k, said)
	case record.MissingInput:
		return said.Say("next_missing_input", said.Columns(strings.Fields(k.Code)))
	case record.Rejected:
		return rejected(a, said)
	case record.DoubtfulOrder:
		return doubtful(a, said)
	case record.Expired:
		return said.Say("next_expired")
	case record.BadResponse:
		if k.Ticket != "" {
			return said.Say("next_bad_response_ticket")
		}
		return said.Say("next_bad_response")
	}
	switch {
	case k.Code == ledger.OffRoute:
		return said.Say("next_off_route", k.Vendor)
	case k.Code == ledger.NotOnBill && a.Last.Fen > 0:
		return said.Say("next_not_bought_price", a.Last.Fen)
	case k.Code == ledger.NotOnBill:
		return said.Say("next_not_bought")
	}
	return said.Say("next_trouble", k.Vendor, string(k.Class))
}

// invalid says what to correct in a row, and what to fill in as well.
func invalid(row *ledger.Row, k *ledger.Lookup, said *messages.Printer) string {
	faults, missing := rowFaults(row, k)
	wrong := faultyColumns(faults)
	switch {
	case len(missing) > 0 && len(wrong) == len(faults):
		return said.Say("next_invalid_fill", said.Columns(wrong), said.Columns(missing))
	case len(missing) > 0:
		return said.Say("next_invalid_row_fill", said.Columns(missing))
	case len(wrong) > 0 && len(wrong) == len(faults):
		return said.Say("next_invalid_columns", said.Columns(wrong))
	}
	return said.Say("next_invalid_input")
}

func rejected(a *ledger.Asked, said *messages.Printer) string {
	k := &a.Lookup
	switch {
	case a.Last.Billed != ledger.BilledYes:
		return said.Say("next_rejected", k.Vendor)
	case k.Ticket == "":
		return said.Say("next_rejected_paid", k.Vendor)
	}
	return said.Say("next_rejected_paid_ticket", k.Vendor, k.Ticket)
}

func doubtful(a *ledger.Asked, said *messages.Printer) string {
	vendor, price, dataset := a.Lookup.Vendor, a.Last.Fen, string(a.Lookup.Dataset)
	switch paid := a.Last.Billed == ledger.BilledYes; {
	case paid && price > 0:
		return said.Say("next_in_doubt_paid_price", vendor, dataset, price)
	case paid:
		return said.Say("next_in_doubt_paid", vendor, dataset)
	case price > 0:
		return said.Say("next_in_doubt_price", vendor, dataset, price)
	}
	return said.Say("next_in_doubt", vendor, dataset)
}

// stepOfPurged is nextStep for a run that was purged. Nothing of such a run can be tried again,
// because its tickets and answers are forgotten.
func stepOfPurged(row *ledger.Row, a *ledger.Asked, said *messages.Printer) string {
	switch a.Lookup.Class {
	case record.InvalidInput, record.MissingInput, record.Rejected:
		return nextStep(row, a, said) // these next steps do not need the run
	case record.DoubtfulOrder:
		if a.Last.Billed == ledger.BilledYes {
			return said.Say("next_purged_paid", a.Lookup.Vendor)
		}
		return said.Say("next_purged_in_doubt", a.Lookup.Vendor)
	}
	return said.Say("next_purged")
}
