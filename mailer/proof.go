package mailer

import "github.com/majorcities/mce-mailer/mce"

// Proof is a letter of an edition as this mailer would send it, signature included. Nothing is sent.
func (m *Mailer) Proof(e mce.Edition, l mce.Letter) ([]byte, error) {
	st, err := prepare(e, m.Sender, func(name string) string { return m.Greet(e.Lang, name) })
	if err != nil {
		return nil, err
	}
	content, err := st.stamp(nil, l, m.Keys)
	if err != nil || m.Sign == nil {
		return content, err
	}
	return m.Sign.Sign(nil, content)
}
