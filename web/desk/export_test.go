package desk

// Routes are the methods and paths that the desk answers, for the test that has one row for each.
func (d *Desk) Routes() []string {
	var all []string
	for _, r := range d.routes() {
		all = append(all, r.method+" "+r.path)
	}
	return all
}

// NextOf is where a link leads on to.
func NextOf(next string) string { return nextOf(next) }

// ClientName is what a browser calls itself.
func ClientName(agent string) string { return clientName(agent) }
