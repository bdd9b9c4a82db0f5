package dashboard

// ring keeps the last items of many. Each has a number that it keeps: the first
// one ever pushed has 0.
type ring[T any] struct {
	items []T
	most  int
	gone  int // how many were dropped or taken
	start int // of the oldest in items
}

func newRing[T any](most int) *ring[T] { return &ring[T]{most: most} }

func (r *ring[T]) push(v T) {
	if len(r.items) < r.most {
		r.items = append(r.items, v)
		return
	}
	r.items[r.start] = v
	r.start = (r.start + 1) % r.most
	r.gone++
}

func (r *ring[T]) len() int { return len(r.items) }

// get returns the item with a number; false when it is not kept any more.
func (r *ring[T]) get(number int) (T, bool) {
	i := number - r.gone
	if i < 0 || i >= len(r.items) {
		var none T
		return none, false
	}
	return r.items[(r.start+i)%len(r.items)], true
}

// clear forgets all items; numbers go on.
func (r *ring[T]) clear() {
	r.gone += len(r.items)
	r.items, r.start = nil, 0
}
