package ahead_test

import (
	"errors"
	"testing"

	"go.uber.org/goleak"

	"vehiclebatch/sources/ahead"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errTorn = errors.New("torn")

// counted fills pieces with their numbers, from 1 on, and ends with an error beside the last.
func counted(last int, with error) (fill func(*int) error, filled *int) {
	filled = new(int)
	return func(to *int) error {
		*filled++
		*to = *filled
		if *filled == last {
			return with
		}
		return nil
	}, filled
}

func TestPiecesComeInOrderAndTheErrorBehindThem(t *testing.T) {
	t.Parallel()
	for _, last := range []int{1, 2, 3, 4, 100} {
		fill, _ := counted(last, errTorn)
		p := ahead.New(2, fill)
		for want := range last {
			got, err := p.Next()
			if err != nil || *got != want+1 {
				t.Fatalf("got %v, %v, want %d", got, err, want+1)
			}
		}
		for range 2 {
			if got, err := p.Next(); got != nil || !errors.Is(err, errTorn) {
				t.Errorf("behind the last of %d: %v, %v", last, got, err)
			}
		}
		p.Close()
	}
}

func TestClosedPiecesAreNotFilled(t *testing.T) {
	t.Parallel()
	for _, taken := range []int{0, 1, 2, 50} {
		fill, filled := counted(-1, nil)
		p := ahead.New(3, fill)
		for range taken {
			if _, err := p.Next(); err != nil {
				t.Fatal(err)
			}
		}
		p.Close()
		p.Close()
		if *filled > taken+3 || taken == 1 && *filled > 1 {
			t.Errorf("%d pieces were taken and %d filled", taken, *filled)
		}
		if _, err := p.Next(); !errors.Is(err, ahead.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
	}
}

// A panic comes to who asks for the piece, as if it had been filled there.
func TestPanicsComeToTheReader(t *testing.T) {
	t.Parallel()
	for _, last := range []int{1, 2, 5} {
		fill, filled := counted(-1, nil)
		p := ahead.New(2, func(to *int) error {
			if *filled == last-1 {
				panic("torn")
			}
			return fill(to)
		})
		got := 0
		func() {
			defer func() {
				if cause := recover(); cause != "torn" || got != last-1 {
					t.Errorf("piece %d of %d: %v", got, last, cause)
				}
			}()
			for {
				_, _ = p.Next()
				got++
			}
		}()
		p.Close()
	}
}
