package reconcile

import "slices"

// graph joins lines with the charges that they fit.
type graph struct {
	edges map[int][]int // charges of a line
	lines map[int][]int // lines of a charge
	order []int         // lines, as they were added
}

func (g *graph) add(line int, charges []int) {
	if len(charges) == 0 {
		return
	}
	g.order = append(g.order, line)
	g.edges[line] = charges
	for _, c := range charges {
		g.lines[c] = append(g.lines[c], line)
	}
}

func (g *graph) joined(line, charge int) bool { return slices.Contains(g.edges[line], charge) }

// part is what hangs together: no line of it fits a charge outside.
type part struct{ lines, charges []int }

// parts takes the graph apart.
func (g *graph) parts() []part {
	var out []part
	seenLine, seenCharge := map[int]bool{}, map[int]bool{}
	for _, first := range g.order {
		if seenLine[first] {
			continue
		}
		var p part
		seenLine[first] = true
		for next := []int{first}; len(next) > 0; next = next[1:] {
			p.lines = append(p.lines, next[0])
			for _, c := range g.edges[next[0]] {
				if seenCharge[c] {
					continue
				}
				seenCharge[c] = true
				p.charges = append(p.charges, c)
				for _, l := range g.lines[c] {
					if !seenLine[l] {
						seenLine[l] = true
						next = append(next, l)
					}
				}
			}
		}
		out = append(out, p)
	}
	return out
}
