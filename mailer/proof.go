package mailer

import (
	"context"
	"crypto/rand"

	"github.com/majorcities/mce-mailer/mce"
)

// Proof is a letter of an edition as this mailer would send it, signature included. Nothing is sent.
func (m *Mailer) Proof(e mce.Edition, l mce.Letter) ([]byte, error) { return m.proof(e, l, m.Keys) }

func (m *Mailer) proof(e mce.Edition, l mce.Letter, keys *mce.Keys) ([]byte, error) {
	st, err := prepare(e, m.Sender, func(name string) string { return m.Greet(e.Lang, name) })
	if err != nil {
		return nil, err
	}
	content, err := st.stamp(nil, l, keys)
	if err != nil || m.Sign == nil {
		return content, err
	}
	return m.Sign.Sign(nil, content)
}

// SendProof sends a proof to one address by the first relay that takes it, outside the outbox. Its keys are made for it alone, so its links lead
// nowhere, and no two have the same Message-ID. An error, of code Unavailable, has the answer of the last relay.
func (m *Mailer) SendProof(ctx context.Context, e mce.Edition, to, name string) error {
	nobody, err := mce.NewKeys([]byte(rand.Text() + rand.Text()))
	if err != nil {
		return err
	}
	e.Domain = m.Sender.Site.Domain()
	content, err := m.proof(e, mce.Letter{Kind: e.Kind, CreatedAt: m.Clock.Now(), To: to, Name: name, CauseID: e.IssueID}, nobody)
	if err != nil {
		return err
	}
	content = stuff(nil, content)
	for _, r := range m.Relays {
		if err = r.sendOne(ctx, m.Sender.Site.From, to, content); err == nil {
			return nil
		}
	}
	return err
}
