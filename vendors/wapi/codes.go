package wapi

import (
	"vehiclebatch/pipeline/normalise"
	"vehiclebatch/pipeline/record"
	"vehiclebatch/vendors"
)

// Codes that are read further.
const (
	codeSuccess  = 10000
	codeAccepted = 10023
	codeClock    = 10004
)

// meaning is what a codeid says.
type meaning struct {
	kind   vendors.Kind
	class  record.Class
	billed vendors.Billed // of a submit
	polled vendors.Billed // of a poll: refusals there leave the charge as it is
	why    string         // what happened and what the user can do
}

const (
	yes, no, unsaid = vendors.BilledYes, vendors.BilledNo, vendors.BilledUnsaid
	auth, rejected  = record.Auth, record.Rejected
	account         = vendors.AccountTrouble
)

// meanings is the table of codes on the vendor's pages (状态码说明), indexed by
// codeid - 10000. It is never written to. Billing: the pages say that 10000 is
// billed (返回10000状态都会进行计费) and bill nothing else; 10023 leaves the
// charge open until the final answer. 10016 stands on no page.
var meanings = [...]meaning{
	codeSuccess - 10000: {vendors.Answered, "", yes, yes, "answered"},
	1:                   {account, auth, no, unsaid, "the vendor misses app_id"},
	2:                   {account, auth, no, unsaid, "the vendor misses the signature"},
	3:                   {account, auth, no, unsaid, "the signature is wrong: check app_id, secret and sign (md5 or hash)"},
	4: {account, auth, no, unsaid,
		"this machine's clock is more than 10 minutes off the vendor's: set the clock"},
	5:  {account, auth, no, unsaid, "the vendor does not know app_id"},
	6:  {account, auth, no, unsaid, "this machine's IP address is not allowed: add it at the vendor"},
	7:  {account, auth, no, unsaid, "the application is disabled: ask the vendor"},
	8:  {account, auth, no, unsaid, "the application lacks this interface: add it at the vendor"},
	9:  {account, auth, no, unsaid, "no such interface: check base_url and the paths"},
	10: {account, auth, no, unsaid, "this interface was not added: add it at the vendor"},
	11: {account, auth, no, unsaid, "the interface has expired: renew it at the vendor"},
	12: {account, auth, no, unsaid, "no interface was ordered: buy it at the vendor"},
	13: {account, auth, no, unsaid, "the interface is suspended: ask the vendor"},
	14: {vendors.Busy, record.Unavailable, no, unsaid, "an unknown error at the vendor"},
	15: {vendors.Refused, rejected, no, unsaid, "the number of parameters is wrong"},
	17: {vendors.Refused, rejected, no, unsaid, "the time must be a whole number"},
	18: {account, record.Quota, no, unsaid, "the bought calls are used up: buy more at the vendor"},
	19: {vendors.Refused, rejected, no, unsaid, "the vendor refused the question"},
	20: {account, auth, no, unsaid, "the interface does not exist or is closed: check the paths"},
	21: {vendors.Busy, record.Unavailable, no, unsaid, "an error at the vendor's server"},
	22: {account, record.Balance, no, unsaid, "the balance is too low: top it up at the vendor"},
	codeAccepted - 10000: {vendors.Pending, "", unsaid, unsaid,
		"taken: the vendor is working on it"},
	24: {account, auth, no, unsaid, "debug mode is on at the vendor: its answers are not real; switch it off"},
	25: {vendors.NoRecord, "", no, no, "the vendor has no data"},
}

// lookup returns the number of a codeid, which may come as 10000, "10000" or
// 10000.0, and what it means; false when no page names it.
func lookup(code string) (int64, meaning, bool) {
	n, err := normalise.Whole(code)
	if err != nil || !n.OK || n.V < codeSuccess || n.V >= codeSuccess+int64(len(meanings)) {
		return 0, meaning{}, false
	}
	m := meanings[n.V-codeSuccess]
	return n.V, m, m.kind != ""
}
