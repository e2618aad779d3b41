package dutylog

// FigureChart is one of the charts by which figures are shown.
type FigureChart string

// The closed set of charts.
const (
	ChartRings    FigureChart = "rings"    // how long the answered calls rang
	ChartHeat     FigureChart = "heat"     // weekday by hour
	ChartTrend    FigureChart = "trend"    // month by month
	ChartOfficers FigureChart = "officers" // one beside the other
)

// FigureCharts lists them.
func FigureCharts() []FigureChart {
	return []FigureChart{ChartRings, ChartHeat, ChartTrend, ChartOfficers}
}

// By is the grouping that a chart shows.
func (c FigureChart) By() Grouping {
	return map[FigureChart]Grouping{ChartRings: ByLine, ChartHeat: ByWeekHour, ChartTrend: ByMonth, ChartOfficers: ByOfficer}[c]
}
