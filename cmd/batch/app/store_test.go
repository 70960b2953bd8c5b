package app

import "vehiclebatch/pipeline/ledger/storetest"

// Whatever the commands ask of a ledger, every store has been tried in; but for what only one on a disk has.
var _ Store = struct {
	storetest.Store
	onDisk
}{}
