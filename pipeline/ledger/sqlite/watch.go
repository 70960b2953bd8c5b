package sqlite

// Commits is told of every commit of changes, by the one goroutine that writes
// them. With it a test ends the process around a commit; what it does in
// between keeps every caller waiting.
type Commits interface {
	// Begin comes when the changes are made and none of them is on disk.
	Begin()
	// Done comes when all of them are on disk and nobody has been told yet.
	Done()
}

type unwatched struct{}

func (unwatched) Begin() {}

func (unwatched) Done() {}
