package archive

import (
	"math/bits"

	"github.com/mewkiz/flac/frame"
)

const (
	blockSize    = 2048 // samples per side and frame: a quarter of a second
	maxOrder     = 4    // of FLAC's fixed predictors
	maxPartOrder = 6    // at most 64 Rice partitions of 32 samples: one syllable is loud, the next is not
	maxRice      = 14   // largest parameter of 4 bits; 15 escapes
	sampleBits   = 16
)

// chooser finds the smallest FLAC form of one side's block among those that suit telephone
// speech. A-law expanded to 16 bits leaves the low bits zero ("wasted bits") and is loud and
// quiet within one block (Rice partitions); the encoder's own analysis uses neither.
// One chooser is reused for all blocks of a side.
type chooser struct {
	diff  [maxOrder + 1][blockSize]int32 // differences of order 0 … 4
	costs [1 << maxPartOrder][maxRice + 1]int64
	parts [1 << maxPartOrder]frame.RicePartition
	best  [1 << maxPartOrder]frame.RicePartition
	rice  frame.RiceSubframe
}

// choose describes how sub's samples are to be written. The samples stay as they are.
func (c *chooser) choose(sub *frame.Subframe) {
	samples := sub.Samples
	all, same := int32(0), true
	for _, s := range samples {
		all |= s
		same = same && s == samples[0]
	}
	sub.SubHeader = frame.SubHeader{Pred: frame.PredVerbatim}
	if same {
		sub.Pred = frame.PredConstant
		return
	}
	sub.Wasted = uint(bits.TrailingZeros32(uint32(all)))
	order := c.predict(samples, sub.Wasted)
	cost, partOrder := c.partition(order, len(samples))
	width := int64(sampleBits - sub.Wasted)
	if cost+int64(order)*width >= int64(len(samples))*width {
		return
	}
	sub.Pred, sub.Order = frame.PredFixed, order
	sub.ResidualCodingMethod = frame.ResidualCodingMethodRice1
	c.rice = frame.RiceSubframe{PartOrder: partOrder, Partitions: c.best[:1<<partOrder]}
	sub.RiceSubframe = &c.rice
}

// predict takes the differences of each order and returns the order whose differences are
// smallest in sum.
func (c *chooser) predict(samples []int32, wasted uint) int {
	n := len(samples)
	for i, s := range samples {
		c.diff[0][i] = s >> wasted
	}
	for order := 1; order <= min(maxOrder, n-1); order++ {
		from, to := c.diff[order-1][:n], c.diff[order][:n]
		for i := order; i < n; i++ {
			to[i] = from[i] - from[i-1]
		}
	}
	best, least := 0, int64(-1)
	for order := 0; order <= min(maxOrder, n-1); order++ {
		sum := int64(0)
		for _, d := range c.diff[order][min(maxOrder, n-1):n] {
			sum += int64(max(d, -d))
		}
		if least < 0 || sum < least {
			best, least = order, sum
		}
	}
	return best
}

// partition splits the residuals into 2^k Rice partitions with a parameter each, and returns
// the cost in bits of the cheapest split. The choice is left in c.best.
func (c *chooser) partition(order, n int) (cost int64, partOrder int) {
	finest := 0
	for finest < maxPartOrder && n%(2<<finest) == 0 && n>>(finest+1) > order {
		finest++
	}
	c.measure(order, n, finest)
	cost = -1
	for k := finest; k >= 0; k-- {
		if total := c.parameters(k); cost < 0 || total < cost {
			cost, partOrder = total, k
			copy(c.best[:], c.parts[:1<<k])
		}
		for i := range (1 << k) / 2 { // merge pairs: their costs add up
			for p := range c.costs[i] {
				c.costs[i][p] = c.costs[2*i][p] + c.costs[2*i+1][p]
			}
		}
	}
	return cost + 2 + 4, partOrder // coding method and partition order
}

// measure sums, for each of the finest partitions and each parameter, the bits of its residuals.
func (c *chooser) measure(order, n, finest int) {
	size := n >> finest
	for i := range 1 << finest {
		costs := &c.costs[i]
		*costs = [maxRice + 1]int64{}
		residuals := c.diff[order][max(i*size, order) : (i+1)*size]
		for _, d := range residuals {
			folded := uint32(d<<1) ^ uint32(d>>31)
			for p := range costs {
				costs[p] += int64(folded >> p)
			}
		}
		for p := range costs {
			costs[p] += int64(len(residuals)) * int64(p+1)
		}
	}
}

// parameters picks the cheapest parameter of each of 2^k partitions and returns their cost.
func (c *chooser) parameters(k int) (total int64) {
	for i := range 1 << k {
		best := 0
		for p, cost := range c.costs[i] {
			if cost < c.costs[i][best] {
				best = p
			}
		}
		c.parts[i] = frame.RicePartition{Param: uint(best)}
		total += c.costs[i][best] + 4
	}
	return total
}
