package api

// Operations lists the routes as "GET /events", for the test that holds them to the document.
func (s *Server) Operations() []string {
	var out []string
	for _, rt := range s.routes() {
		out = append(out, rt.method+" "+rt.path)
	}
	return out
}
