package simulator

// chance is a stream of deterministic chance (splitmix64). Two streams from the
// same seed and words are equal on every machine and in every version of Go.
type chance uint64

// newChance starts the stream of the seed and the words.
func newChance(seed uint64, words ...string) chance {
	const offset, prime = 14695981039346656037, 1099511628211 // FNV-1a
	h := uint64(offset) ^ mix(seed)
	for _, w := range words {
		for i := range len(w) {
			h = (h ^ uint64(w[i])) * prime
		}
		h = (h ^ 0xff) * prime // ends the word: "ab","c" is not "a","bc"
	}
	return chance(mix(h))
}

func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (c *chance) next() uint64 {
	v := mix(uint64(*c))
	*c += 0x9e3779b97f4a7c15
	return v
}

// n returns a number from 0 to n-1; 0 when n is below 1.
func (c *chance) n(n int) int {
	if n < 1 {
		return 0
	}
	return int(c.next() >> 1 % uint64(n))
}

// between returns a number from lo to hi, both included.
func (c *chance) between(lo, hi int) int { return lo + c.n(hi-lo+1) }

// hit is true in perMille cases of a thousand.
func (c *chance) hit(perMille int) bool { return c.n(1000) < perMille }

// unit returns a number in [0, 1).
func (c *chance) unit() float64 { return float64(c.next()>>11) / (1 << 53) }

func pick[T any](c *chance, from []T) T { return from[c.n(len(from))] }
