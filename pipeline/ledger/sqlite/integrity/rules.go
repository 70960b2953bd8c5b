package integrity

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"vehiclebatch/pipeline/record"
)

// rule is one thing that must hold of a ledger. This is the only list of rules: opening a ledger checks them, batch
// doctor reports what breaks them, and a rescue follows them.
type rule struct {
	broken string // what is wrong when it does not hold, in plain words; the number of rows follows
	table  string
	breaks string // a condition: a row of the table that fulfils it breaks the rule
	odd    bool   // worth knowing, and no reason to stop
	large  bool   // also checked whenever a large ledger is opened, because it takes no time there
	rescue remedy
}

// remedy is what a rescue does with a row that breaks a rule.
type remedy int

const (
	byStep   remedy = iota // a step of the repairer makes it good
	leaveOut               // the row is lost, because it says what cannot be true; the rule looks at this row alone
	doubt                  // the lookup is in doubt
	dueNow                 // the lookup waits no longer
)

const (
	// mostOrders is more than any lookup is ever submitted.
	mostOrders = 1_000_000
	// lastMicro is the end of the year 9999.
	lastMicro = 253402300799999999
	// MostWait is how long after its last change a lookup can be due: the longest
	// interval, and then a closed desk.
	MostWait = record.LongestInterval + 24*time.Hour
)

// LeftOut lists the rules of a table whose rows a rescue leaves out, each as the condition that breaks it.
func LeftOut(table string) []string {
	var out []string
	for _, r := range rowRules() {
		if r.table == table && r.rescue == leaveOut {
			out = append(out, r.breaks)
		}
	}
	return out
}

// Doubtful lists the rules for which a rescue puts lookups in doubt, each as the condition that breaks it.
func Doubtful() []string {
	var out []string
	for _, r := range crossRules() {
		if r.rescue == doubt {
			out = append(out, r.breaks)
		}
	}
	return out
}

// WaitTooLong lists the rules for which a rescue makes lookups due, each as the condition that breaks it.
func WaitTooLong() []string {
	var out []string
	for _, r := range rowRules() {
		if r.rescue == dueNow {
			out = append(out, r.breaks)
		}
	}
	return out
}

// rules lists what must hold of a ledger: first of each row by itself, then of rows together.
func rules() []rule { return slices.Concat(rowRules(), crossRules(), miscounted()) }

// rowRules lists what must hold of a row by itself. It includes the CHECKs of the tables, because SQLite does not check
// those in a file that it may not write.
func rowRules() []rule {
	const datasets = "dataset NOT IN ('maintenance', 'valuation', 'violations')"
	return []rule{
		{broken: "the kind of workspace is none that there is", table: "workspace", rescue: leaveOut, large: true,
			breaks: "id<>1 OR simulated NOT IN (0, 1) OR " + noMoment("created_at")},
		{broken: "the workspace is of two kinds", table: "workspace", large: true, breaks: "simulated IS NOT simulated_twice"},
		{broken: "runs are in a state that there is not", table: "runs", rescue: leaveOut, large: true,
			breaks: "state NOT IN ('planning', 'open', 'settled', 'finished')"},
		{broken: "runs have an id that batch gives to no run", table: "runs", large: true, breaks: NoRunID},
		{broken: "runs have a moment, or a number of rows, that cannot be", table: "runs", rescue: leaveOut, large: true,
			breaks: noMoment("started_at", "finished_at") + " OR input_rows<0"},
		{broken: "runs ask for a dataset that there is not", table: "runs", rescue: leaveOut, large: true,
			breaks: "TRIM(REPLACE(REPLACE(REPLACE(datasets, 'maintenance', ''), 'valuation', ''), 'violations', ''), ',') <> ''"},
		{broken: "runs have a limit that cannot be, or say two", table: "runs", large: true,
			breaks: "max_spend<0 OR max_spend IS NOT max_twice"},
		{broken: "runs have outputs that cannot be written", table: "runs", large: true, breaks: NoOutputs},
		{broken: "runs were purged long before they began", table: "runs", large: true, breaks: PurgedTooEarly},
		{broken: "runs are strict about VINs in a way that there is not", table: "runs", large: true, breaks: NoStrictness},
		{broken: "rows have a number that cannot be", table: "vehicles", rescue: leaveOut,
			breaks: "row<1 OR duplicate_of<0 OR duplicate_of>=row OR MIN(maintenance, valuation, violations)<0"},
		{broken: "lookups are in a state that there is not", table: "lookups", rescue: leaveOut,
			breaks: "state NOT IN ('planned', 'submitting', 'waiting', 'following', 'found', 'no_record', 'unsupported', 'failed', 'in_doubt')"},
		{broken: "lookups ask for a dataset that there is not", table: "lookups", rescue: leaveOut, breaks: datasets},
		{broken: "lookups have a number or a moment that cannot be", table: "lookups", rescue: leaveOut,
			breaks: fmt.Sprintf("attempts NOT BETWEEN 0 AND %d OR MIN(tries, polls, answer, source, group_id, replaced_by)<0 OR ", mostOrders) +
				noMoment("next_at", "first_at", "ticket_at", "last_at", "answered_at")},
		{broken: "lookups wait longer than any configuration can have them wait", table: "lookups", rescue: dueNow, breaks: waitsTooLong},
		{broken: "charges are less than nothing, or more than any order costs", table: "attempts", breaks: WrongFen},
		{broken: "charges say two amounts", table: "attempts", large: true, breaks: "fen IS NOT fen_twice"},
		{broken: "charges say two things about whether they were charged", table: "attempts", large: true, breaks: "billed IS NOT billed_twice"},
		{broken: "charges are for orders that were withdrawn", table: "attempts", breaks: ChargedWithdrawn},
		{broken: "charges are certain in a way that there is not", table: "attempts", rescue: leaveOut,
			breaks: "billed NOT IN ('reserved', 'yes', 'no', 'unknown')"},
		{broken: "orders are for a dataset that there is not", table: "attempts", rescue: leaveOut, breaks: datasets},
		{broken: "orders have a number or a moment that cannot be", table: "attempts", rescue: leaveOut,
			breaks: fmt.Sprintf("n NOT BETWEEN 1 AND %d OR ", mostOrders) + noMoment("intent_at", "ended_at")},
		{broken: "answers have a moment that cannot be", table: "answers", rescue: leaveOut, breaks: noMoment("received_at")},
		{broken: "halts stop what there is not, or at a moment that cannot be", table: "halts", rescue: leaveOut, large: true,
			breaks: "stops NOT IN ('calls', 'orders') OR " + noMoment("at")},
		{broken: "pauses have a moment that cannot be", table: "pauses", rescue: leaveOut, large: true, breaks: noMoment("since", "next_at")},
		{broken: "losses have a moment that cannot be", table: "losses", rescue: leaveOut, large: true, breaks: noMoment("at")},
		{broken: "counts of calls are less than nothing", table: "calls", rescue: leaveOut, large: true, breaks: "n<0"},
	}
}

// waitsTooLong is the condition that a lookup is due later than it can be. It needs no clock, because the clock that
// set when the lookup is due also set when it was last changed.
var waitsTooLong = fmt.Sprintf("state IN ('planned', 'waiting') AND next_at-last_at>%d", MostWait.Microseconds())

// noReason is the condition that a lookup has failed or is in doubt without saying where or why.
var noReason = fmt.Sprintf("state IN ('failed', 'in_doubt') AND (stage NOT IN (%s) OR class NOT IN (%s))",
	quoted(record.StageValidate, record.StageSubmit, record.StagePoll, record.StageNormalise), quoted(record.Classes()...))

// quoted lists words as SQL has them.
func quoted[T ~string](words ...T) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = "'" + string(w) + "'"
	}
	return strings.Join(out, ", ")
}

// WrongFen is the condition that the charge of an attempt cannot be true.
var WrongFen = fmt.Sprintf("fen NOT BETWEEN 0 AND %d", record.MostFen)

// ChargedWithdrawn is the condition that an attempt was never sent and is charged all the same. No sum counts attempts
// that were never sent.
const ChargedWithdrawn = "(outcome='withdrawn' AND billed<>'no')"

// noMoment is the condition that one of some columns holds no valid moment.
func noMoment(columns ...string) string {
	return fmt.Sprintf("(MIN(%s)<0 OR MAX(%[1]s)>%d)", strings.Join(append(columns, columns[0]), ", "), lastMicro)
}

// crossRules lists what must hold of rows together.
func crossRules() []rule {
	return append([]rule{
		{broken: "lookups belong to a run that is not there", table: "lookups", breaks: "run NOT IN (SELECT seq FROM runs)"},
		{broken: "rows belong to a run that is not there", table: "vehicles", breaks: "run NOT IN (SELECT seq FROM runs)"},
		{broken: "lookups belong to a row that is not there", table: "lookups",
			breaks: "NOT EXISTS (SELECT 1 FROM vehicles v WHERE v.run=lookups.run AND v.row=lookups.row)"},
		{broken: "lookups belong to a row that asks for another one", table: "lookups", breaks: Misplaced},
		{broken: "rows name a lookup that is not there", table: "vehicles",
			breaks: `duplicate_of=0 AND EXISTS (SELECT 1 FROM json_each(json_array(maintenance, valuation, violations)) j
				WHERE j.value>0 AND NOT EXISTS (SELECT 1 FROM lookups k WHERE k.id=j.value))`},
		{broken: "rows name a lookup about another vehicle", table: "vehicles", breaks: StrayRow},
		{broken: "rows repeat another vehicle, or one that is not there", table: "vehicles", breaks: StrayRepeat},
		{broken: "runs are being planned that have ordered", table: "runs", breaks: OrderedInPlan},
		{broken: "runs lack rows of their input", table: "runs",
			breaks: "state<>'planning' AND input_rows <> (SELECT COUNT(*) FROM vehicles v WHERE v.run=runs.seq)"},
		{broken: "lookups lie outside of what their run says", table: "lookups",
			breaks: "EXISTS (SELECT 1 FROM runs r WHERE r.seq=lookups.run AND r.state<>'planning' AND lookups.id NOT BETWEEN r.first_lookup AND r.last_lookup) AND " + Planned},
		{broken: "runs count lookups of other runs", table: "runs",
			breaks: "state<>'planning' AND EXISTS (SELECT 1 FROM lookups k WHERE k.run<>runs.seq AND k.id BETWEEN first_lookup AND last_lookup)"},
		{broken: "lookups say another number of orders than were written down", table: "lookups",
			breaks: "attempts <> " + CountedOrders},
		{broken: "orders are not numbered in their order", table: "attempts", breaks: MisnumberedOrder},
		{broken: "orders belong to no lookup", table: "attempts", breaks: "lookup NOT IN (SELECT id FROM lookups)"},
		{broken: "answers are to an order that was not written down", table: "answers",
			breaks: "attempt>0 AND lookup IN (SELECT id FROM lookups) AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.lookup=answers.lookup AND a.n=answers.attempt)"},
		{broken: "orders are for another dataset than their lookup", table: "attempts",
			breaks: StrayOrder},
		{broken: "lookups that were found have no answer", table: "lookups", // except for what was purged
			breaks: "state='found' AND answer NOT IN (SELECT id FROM answers) AND NOT (answer=0 AND key=" + ForgottenKey + ")"},
		{broken: "lookups have kept an answer that is not there", table: "lookups",
			breaks: "state IN ('failed', 'in_doubt') AND source=0 AND answer<>0 AND answer NOT IN (SELECT id FROM answers)"},
		{broken: "lookups have the answer to another one", table: "lookups", breaks: StrayAnswer},
		{broken: "lookups are at another vendor than their last order", table: "lookups", breaks: StrayVendor},
		{broken: "orders went to another vendor than the one that has answered them", table: "attempts", breaks: StrayReply},
		{broken: "lookups have another ticket than their last order", table: "lookups", breaks: StrayTicket},
		{broken: "lookups have failed or are in doubt, and do not say where or why", table: "lookups", rescue: doubt, breaks: noReason},
		{broken: "answers name no vendor", table: "answers", breaks: NamelessAnswer},
		{broken: "lookups are still to be ordered that have an answer or a ticket", table: "lookups", rescue: doubt,
			breaks: "state='planned' AND (answer>0 OR ticket<>'')"},
		{broken: "lookups wait without a ticket", table: "lookups", rescue: doubt, breaks: "state='waiting' AND ticket=''"},
		{broken: "lookups follow one that is not there", table: "lookups", rescue: doubt, breaks: "state='following' AND source NOT IN (SELECT id FROM lookups)"},
		{broken: "answers belong to no lookup", table: "answers", odd: true, breaks: "lookup NOT IN (SELECT id FROM lookups)"},
		{broken: "charges are reserved though their lookup is settled", table: "attempts", odd: true,
			breaks: "billed='reserved' AND EXISTS (SELECT 1 FROM lookups k WHERE k.id=attempts.lookup AND k.state NOT IN ('submitting', 'waiting'))"},
		{broken: "finished runs have lookups that are open", table: "runs", odd: true,
			breaks: "state='finished' AND EXISTS (SELECT 1 FROM lookups k WHERE k.run=runs.seq AND k.state IN ('planned', 'submitting', 'waiting', 'following'))"},
	}, groupRules()...)
}

// groupRules lists the rules of lookups that depend on others, or serve a request together.
func groupRules() []rule {
	return []rule{
		{broken: "rows name a lookup beside another that is not there", table: "vehicles",
			breaks: "EXISTS (SELECT 1 FROM (" + FanOutOf("vehicles") + ") j WHERE j.value NOT IN (SELECT id FROM lookups))"},
		{broken: "lookups are grouped with those of another request", table: "lookups", breaks: StrayGroup},
		{broken: "lookups have gone on to one that is not there, or are still open", table: "lookups", breaks: StrayReplacement},
		{broken: "lookups stand beside one that is not there", table: "lookups", breaks: "group_id>0 AND group_id NOT IN (SELECT id FROM lookups)"},
		{broken: "lookups wait for the answer of one that is not there", table: "lookups", odd: true,
			breaks: "state='planned' AND depends_on>0 AND depends_on NOT IN (SELECT id FROM lookups)"},
	}
}

// FanOutOf lists by vendor the fan-out lookups of a row v of vehicles. The row names all of them, so it is known of
// each whether it is lost.
func FanOutOf(vehicles string) string {
	return fmt.Sprintf("SELECT value FROM json_each(IIF(json_valid(%[1]s.details), %[1]s.details, '{}'), '$.fan_out')", vehicles)
}

// Conditions that the rescue's steps and a purge use too.
const (
	// NoRunID is the condition that ledger.IsRunID would reject the id of a run.
	NoRunID = `(id GLOB '*[^0-9A-Za-z_-]*' OR id GLOB '[_-]*' OR LENGTH(CAST(id AS BLOB)) NOT BETWEEN 1 AND 64 OR INSTR(CAST(id AS BLOB), x'00')>0)`

	// ForgottenKey is a key that no lookup has when it is asked, since a digest has 16 bytes. A purge gives it to a
	// lookup that it forgets.
	ForgottenKey = "CAST('forgotten:' || id AS BLOB)"

	// LostRow is the condition that a row v of vehicles was written in the place of a lost one.
	LostRow = "v.vehicle_id GLOB 'lost-*'"

	// NoOutputs is a run whose outputs cannot be written as it says.
	NoOutputs = "lang NOT IN ('', 'en', 'zh') OR report_lang NOT IN ('', 'en', 'zh') OR report_top<0 OR partitioned NOT IN (0, 1) OR bom NOT IN (0, 1)"

	// CountedOrders are the orders of a lookup that were written down.
	CountedOrders = "(SELECT COUNT(*) FROM attempts a WHERE a.lookup=lookups.id)"

	// MisnumberedOrder is an order whose number is higher than there are orders of its lookup.
	MisnumberedOrder = "n > (SELECT COUNT(*) FROM attempts a WHERE a.lookup=attempts.lookup)"

	// OrderedInPlan is a run that says it is still being planned: what it has would be thrown away.
	OrderedInPlan = "state='planning' AND EXISTS (SELECT 1 FROM lookups k JOIN attempts a ON a.lookup=k.id WHERE k.run=runs.seq)"

	// StrayOrder is one for another dataset than its lookup.
	StrayOrder = "dataset <> (SELECT dataset FROM lookups k WHERE k.id=attempts.lookup)"

	// StrayAnswer is a lookup whose answer came for another lookup, although it did not take it over.
	StrayAnswer = "state='found' AND source=0 AND attempts>0 AND EXISTS (SELECT 1 FROM answers s WHERE s.id=lookups.answer AND s.lookup<>lookups.id)"

	// NamedBy is the lookup that a row v names, of the dataset of a lookup.
	NamedBy = "CASE lookups.dataset WHEN 'maintenance' THEN v.maintenance WHEN 'valuation' THEN v.valuation ELSE v.violations END"

	// Misplaced is a lookup whose row names another one.
	Misplaced = "IIF(group_id>0, group_id, id) <> (SELECT " + NamedBy + " FROM vehicles v WHERE v.run=lookups.run AND v.row=lookups.row)"

	// PurgedTooEarly is a run that was purged before batch existed (2020), although it began later. A
	// clock that was ahead when the run began cannot explain that much.
	PurgedTooEarly = "purged_at<>0 AND purged_at<1577836800000000 AND started_at>=1577836800000000"

	// NoStrictness is a run that neither refuses VINs with a wrong check digit nor takes them.
	NoStrictness = "strict_vin NOT IN (0, 1)"

	// NamelessAnswer is an answer that does not say which vendor gave it.
	NamelessAnswer = "vendor=''"

	// Planned is a lookup that a run's plan has made, not one that was made when a vendor's answer sent the request on.
	Planned = "NOT (lookups.fan_out=0 AND lookups.group_id>0 AND lookups.group_id<>lookups.id)"

	// StrayGroup is a lookup in a group whose first one asks something else.
	StrayGroup = `group_id>0 AND group_id<>id AND EXISTS (SELECT 1 FROM lookups b WHERE b.id=lookups.group_id
		AND (b.run, b.row, b.dataset, b.fan_out, b.group_id)<>(lookups.run, lookups.row, lookups.dataset, lookups.fan_out, lookups.group_id))`

	// StrayReplacement is a lookup that was replaced by a lookup that does not exist, or that is open although it was
	// replaced.
	StrayReplacement = `replaced_by>0 AND (state IN ('planned', 'submitting', 'waiting', 'following') OR NOT EXISTS (SELECT 1 FROM lookups b WHERE b.id=lookups.replaced_by AND b.group_id=lookups.group_id AND b.run=lookups.run))`

	// StrayVendor is a lookup with another vendor than its last order went to.
	StrayVendor = "state IN ('submitting', 'waiting', 'found') AND source=0 AND key <> " + ForgottenKey + " AND vendor <> (SELECT a.vendor FROM attempts a WHERE a.lookup=lookups.id AND a.n=attempts)"

	// StrayReply is an order whose reply names another vendor. A reply to an order is written down with the vendor that
	// the order was sent to; only a report may have been fetched elsewhere.
	StrayReply = "EXISTS (SELECT 1 FROM answers s WHERE s.lookup=attempts.lookup AND s.attempt=attempts.n AND s.call='submit' AND s.vendor<>attempts.vendor)"

	// StrayTicket is a lookup whose ticket is not that of its last order.
	StrayTicket = `state IN ('waiting', 'failed', 'in_doubt') AND source=0 AND ticket<>''
		AND ticket <> (SELECT a.ticket FROM attempts a WHERE a.lookup=lookups.id AND a.n=attempts AND a.ticket<>'')`

	// StrayRow is a row that names a lookup of a row about another vehicle. Rows that were purged or lost have no
	// vehicle.
	StrayRow = `duplicate_of=0 AND vehicle_id<>'' AND EXISTS (SELECT 1 FROM lookups k JOIN vehicles o ON o.run=k.run AND o.row=k.row
		WHERE k.id IN (vehicles.maintenance, vehicles.valuation, vehicles.violations) AND (k.run<>vehicles.run OR o.vehicle_id<>vehicles.vehicle_id)
		AND o.vehicle_id<>'' AND o.vehicle_id NOT GLOB 'lost-*')`

	StrayRepeat = `duplicate_of>0 AND NOT EXISTS (SELECT 1 FROM vehicles o WHERE o.run=vehicles.run AND o.row=vehicles.duplicate_of AND o.duplicate_of=0
		AND (o.vehicle_id=vehicles.vehicle_id OR '' IN (o.vehicle_id, vehicles.vehicle_id) OR o.vehicle_id GLOB 'lost-*' OR vehicles.vehicle_id GLOB 'lost-*'))`
)
