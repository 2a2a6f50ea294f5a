package report

type Dimension string

func (c *composer) breakdowns()   {}
func (c *composer) acknowledged() {}
