package storetest_test

import (
	"vehiclebatch/pipeline/ledger/storetest"
	"vehiclebatch/pipeline/runner"
)

// What runner needs of a store is a part of what is tried.
var _ runner.Store = storetest.Store(nil)
