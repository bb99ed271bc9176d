package extract

const maxForms = 12 // groups of objects within groups

// A matrix maps a point as PDF writes it: x' = ax + cy + e, y' = bx + dy + f.
type matrix struct{ a, b, c, d, e, f float64 }

func (m matrix) apply(x, y float64) (float64, float64) {
	return m.a*x + m.c*y + m.e, m.b*x + m.d*y + m.f
}

// then returns the matrix that maps as m and then as n.
func (m matrix) then(n matrix) matrix {
	return matrix{
		a: m.a*n.a + m.b*n.c, b: m.a*n.b + m.b*n.d,
		c: m.c*n.a + m.d*n.c, d: m.c*n.b + m.d*n.d,
		e: m.e*n.a + m.f*n.c + n.e, f: m.e*n.b + m.f*n.d + n.f,
	}
}

// rect maps a rectangle to the upright one around its image.
func (m matrix) rect(r rect) rect {
	x0, y0 := m.apply(r.left, r.top)
	out := rect{x0, y0, x0, y0}
	for _, p := range [3][2]float64{{r.right, r.top}, {r.left, r.bottom}, {r.right, r.bottom}} {
		x, y := m.apply(p[0], p[1])
		out = rect{min(out.left, x), min(out.top, y), max(out.right, x), max(out.bottom, y)}
	}
	return out
}

const (
	thickest = 4.0 // a ruling
	shortest = 3.0
)

// rule adds a thin rectangle as a ruling.
func (p *pageLayout) rule(r rect) {
	switch w, h := r.width(), r.height(); {
	case h <= thickest && w >= shortest && w > h:
		p.rulings = append(p.rulings, ruling{at: r.centerY(), from: r.left, to: r.right})
	case w <= thickest && h >= shortest:
		p.rulings = append(p.rulings, ruling{vertical: true, at: r.centerX(), from: r.top, to: r.bottom})
	}
}

// A pathPen follows a path.
type pathPen struct {
	page                 *pageLayout
	stroked, filled      bool
	startX, startY, x, y float64
	around               rect // of the figure so far
	curved, drawn        bool
	areas                []rect // filled figures that are no rulings
}

func (n *pathPen) move(x, y float64) {
	n.end()
	n.startX, n.startY, n.x, n.y = x, y, x, y
	n.around = rect{x, y, x, y}
	n.curved, n.drawn = false, false
}

func (n *pathPen) line(x, y float64) {
	if n.stroked {
		n.page.rule(rect{min(n.x, x), min(n.y, y), max(n.x, x), max(n.y, y)})
	}
	n.reach(x, y)
	n.drawn = true
}

func (n *pathPen) curve(x, y float64) {
	n.reach(x, y)
	n.curved = true
}

func (n *pathPen) reach(x, y float64) {
	n.x, n.y = x, y
	n.around = rect{min(n.around.left, x), min(n.around.top, y), max(n.around.right, x), max(n.around.bottom, y)}
}

// end closes a figure.
func (n *pathPen) end() {
	if !n.filled || !n.drawn {
		return
	}
	if thin := min(n.around.width(), n.around.height()) <= thickest; thin && !n.stroked {
		n.page.rule(n.around)
	} else if !thin && !n.curved {
		n.areas = append(n.areas, n.around)
	}
	n.drawn = false
}
