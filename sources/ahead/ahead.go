// Package ahead fills pieces of a file ahead of who works on them, in a goroutine of its own: reading
// a file and understanding it then have a core each.
package ahead

import "errors"

// Pieces are what a file consists of, in its order. Their memory goes round: besides the piece under
// work, most of New are in memory at the same time, whatever the file.
//
// The first piece is filled by Next itself, so a short file, and one that is only looked at, has
// no goroutine. It ends with the file, with an error, and with Close. An error, and a panic of fill, comes where
// its piece would have come, to who calls Next. Pieces are for one goroutine; fill is never called twice at once.
type Pieces[T any] struct {
	fill func(*T) error
	most int

	now    *T    // with the caller
	ended  error // behind now
	ready  chan piece[T]
	spare  chan *T
	closed chan struct{}
}

// piece is one that was filled.
type piece[T any] struct {
	filled *T
	ended  error
	cause  any // of a panic
}

// ErrClosed is of pieces that are asked for after Close.
var ErrClosed = errors.New("it was closed")

// New says what fills a piece, the first time an empty one, later one that was used before. With an error what it has
// filled is good, and it is not called again; io.EOF is the end. At most so many pieces are filled ahead.
func New[T any](most int, fill func(*T) error) *Pieces[T] {
	return &Pieces[T]{fill: fill, most: most}
}

// Next returns the next piece, which is good until it is called again. Behind the last one it returns
// the error that fill returned with it, ever after.
func (p *Pieces[T]) Next() (*T, error) {
	if p.ended != nil {
		return nil, p.ended
	}
	next := p.take()
	p.now, p.ended = next.filled, next.ended
	if next.cause != nil {
		p.ended = ErrClosed
		panic(next.cause)
	}
	return p.now, nil
}

func (p *Pieces[T]) take() piece[T] {
	if p.now == nil {
		return p.try(new(T))
	}
	if p.ready == nil {
		p.start()
	}
	p.spare <- p.now // there is room for all
	return <-p.ready
}

// Close ends the reading. When it returns, nothing reads the file any more.
func (p *Pieces[T]) Close() {
	if p == nil {
		return
	}
	p.ended = ErrClosed
	if p.ready == nil {
		return
	}
	close(p.closed)
	for range p.ready { // until the goroutine has gone
	}
	p.ready = nil
}

func (p *Pieces[T]) start() {
	p.ready, p.spare, p.closed = make(chan piece[T], p.most+1), make(chan *T, p.most+1), make(chan struct{})
	for range p.most {
		p.spare <- new(T)
	}
	go p.run()
}

// run fills what is spare. It never waits to hand over: there is room for all.
func (p *Pieces[T]) run() {
	defer close(p.ready)
	for {
		select {
		case <-p.closed:
			return
		case to := <-p.spare:
			next := p.try(to)
			p.ready <- next
			if next.ended != nil || next.cause != nil {
				return
			}
		}
	}
}

func (p *Pieces[T]) try(to *T) (next piece[T]) {
	defer func() { next.cause = recover() }()
	return piece[T]{filled: to, ended: p.fill(to)}
}
