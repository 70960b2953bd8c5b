package sqlite

// Commits is told of every commit of changes, by the one goroutine that writes them. A test uses it
// to end the process around a commit. While one of its methods runs, every caller waits.
type Commits interface {
	// Begin is called when the changes are made and none of them is on disk.
	Begin()
	// Done is called when all of them are on disk and no caller has been told yet.
	Done()
}

type unwatched struct{}

func (unwatched) Begin() {}

func (unwatched) Done() {}
