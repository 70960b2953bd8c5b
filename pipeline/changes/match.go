package changes

// matcher pairs the things of two lists one to one, in passes from the surest
// sign to the weakest. Equal things are as many as there are: two alike before
// and three after leave one over. Both lists must be sorted by all that they
// say, so that their given order does not matter.
type matcher[T any] struct {
	before, after []T
	of            []int // by after: its place in before, -1 for none
	taken         []bool
}

func newMatcher[T any](before, after []T) *matcher[T] {
	m := &matcher[T]{before: before, after: after, of: make([]int, len(after)), taken: make([]bool, len(before))}
	for i := range m.of {
		m.of[i] = -1
	}
	return m
}

func (m *matcher[T]) pair(before, after int) { m.of[after], m.taken[before] = before, true }

// by pairs what is left over and has the same key; "" is none.
func (m *matcher[T]) by(key func(*T) string) {
	left := m.leftBefore(key)
	for i := range m.after {
		k := ""
		if m.of[i] < 0 {
			k = key(&m.after[i])
		}
		if free := left[k]; k != "" && len(free) > 0 {
			m.pair(free[0], i)
			left[k] = free[1:]
		}
	}
}

// bySole pairs what is left over and has a key that stands once on each side:
// a number that a vendor gives to many says nothing.
func (m *matcher[T]) bySole(key func(*T) string) {
	left := m.leftBefore(key)
	right := map[string][]int{}
	for i := range m.after {
		if k := key(&m.after[i]); k != "" && m.of[i] < 0 {
			right[k] = append(right[k], i)
		}
	}
	for k, at := range right {
		if len(at) == 1 && len(left[k]) == 1 {
			m.pair(left[k][0], at[0])
		}
	}
}

func (m *matcher[T]) leftBefore(key func(*T) string) map[string][]int {
	left := map[string][]int{}
	for i := range m.before {
		if k := key(&m.before[i]); k != "" && !m.taken[i] {
			left[k] = append(left[k], i)
		}
	}
	return left
}
