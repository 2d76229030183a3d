package postgres_test

import (
	"strings"
	"testing"

	"github.com/majorcities/mce-mailer/mce"
	"github.com/majorcities/mce-mailer/postgres"
)

func testKeys(t testing.TB) *mce.Keys {
	t.Helper()
	return value(mce.NewKeys([]byte("a secret that is the same in every test")))(t)
}

// recorded is an office with a record of consent: three readers imported, of whom one has left, and one who asked and confirmed.
func recorded(t *testing.T) *office {
	t.Helper()
	o := newOffice(t)
	must(t, o.UseKeys(t.Context(), testKeys(t)))
	o.readers("anna@example.org en news", "bob@example.org en news", "carla@example.org it news events")
	bob := value(o.SubscriberByEmail(t.Context(), "bob@example.org"))(t)
	value(o.Leave(t.Context(), bob.ID, "leave link", "", now))(t)
	o.optIn("dora@example.org")
	return o
}

// optIn asks somebody and lets them confirm.
func (o *office) optIn(email string) {
	o.t.Helper()
	w := mce.Wish{
		Subscriber: mce.Subscriber{Email: email, Choices: mce.Choices{Language: mce.English, Topics: []string{"news"}}},
		Consent:    mce.Consent{Wording: "yes", Source: "form", Origin: "192.0.2.1", At: now},
	}
	asked := value(o.AskToConfirm(o.t.Context(), w, func() (mce.Edition, error) { return told.Confirmation(mce.Event{}, mce.Registration{}, now) }, domain))(o.t)
	if !asked {
		o.t.Fatalf("%s was not asked", email)
	}
	s := value(o.SubscriberByEmail(o.t.Context(), email))(o.t)
	record := value(o.Consents(o.t.Context(), s.ID))(o.t)
	if done := value(o.Confirm(o.t.Context(), s.ID, record[len(record)-1].ID, "link", "192.0.2.2", plain{}, domain, now))(o.t); !done {
		o.t.Fatalf("%s has not confirmed", email)
	}
}

func (o *office) verify(head string) postgres.ConsentReport {
	o.t.Helper()
	return value(o.VerifyConsents(o.t.Context(), head))(o.t)
}

func TestTheRecordOfConsentIsAChain(t *testing.T) {
	o := recorded(t)
	r := o.verify("")
	if len(r.Faults) > 0 || r.Records != 6 || len(r.Head) != 64 {
		t.Fatalf("%+v", r)
	}
	o.optIn("emil@example.org")
	if later := o.verify(r.Head); len(later.Faults) > 0 || later.Records != 8 || later.Head == r.Head {
		t.Errorf("%+v", later)
	}
	if later := o.verify(strings.Repeat("0", 64)); len(later.Faults) != 1 {
		t.Errorf("a head that never was: %+v", later)
	}
	p := value(o.Proof(t.Context(), "DORA@example.org"))(t)
	if len(p.Lines) != 2 || p.Lines[0].Action != "asked" || p.Lines[1].Action != "confirmed" || p.Lines[0].Wording != "yes" || p.Lines[0].Origin != "192.0.2.1" ||
		p.Lines[0].Email != "dora@example.org" || p.Lines[1].Seq != 6 {
		t.Errorf("%+v", p)
	}
}

// TestAnyChangeOfTheRecordIsFound goes behind the program's back, as who has the database but not the secret.
func TestAnyChangeOfTheRecordIsFound(t *testing.T) {
	for name, change := range map[string]string{
		"action":            `update consents set action = 'confirmed' where id = 4`,
		"wording":           `update consents set wording = 'yes!' where id = 2`,
		"source":            `update consents set source = 'Form' where id = 5`,
		"detail":            `update consents set detail = 'x' where id = 5`,
		"moment":            `update consents set at = at + interval '1 microsecond' where id = 1`,
		"whose":             `update consents set subscriber_id = 1 where id = 2`,
		"address":           `update consent_details set email = 'Anna@example.org' where consent_id = 1`,
		"origin":            `update consent_details set origin = 'elsewhere' where consent_id = 6`,
		"details gone":      `delete from consent_details where consent_id = 3`,
		"key":               `update consent_people set key = set_byte(key, 31, get_byte(key, 31) # 1) where subscriber_id = 2`,
		"key gone":          `delete from consent_people where subscriber_id = 2`,
		"commitment":        `update consent_seals set commitment = set_byte(commitment, 0, get_byte(commitment, 0) # 1) where seq = 3`,
		"hash":              `update consent_seals set hash = set_byte(hash, 0, get_byte(hash, 0) # 1) where seq = 6`,
		"order":             `update consent_seals set seq = seq + 100 where seq = 6`,
		"a seal gone":       `delete from consent_seals where seq = 2`,
		"a line gone":       `with s as (delete from consent_seals where seq = 2), d as (delete from consent_details where consent_id = 2) delete from consents where id = 2`,
		"a line put in":     `insert into consents (subscriber_id, action, wording, source, at) values (2, 'returned', '', 'form', now())`,
		"details of none":   `insert into consent_details (consent_id, email) values (99, 'eve@example.org')`,
		"a seal of none":    `insert into consent_seals (seq, consent_id, commitment, hash) values (7, 99, '', '')`,
		"a key of nobody":   `insert into consent_people (subscriber_id, key) values (99, sha256(''))`,
		"said to be erased": `update subscribers set state = 'erased', email = null where id = 1`,
	} {
		t.Run(name, func(t *testing.T) {
			o := recorded(t)
			for _, table := range []string{"consents", "consent_seals"} {
				o.sql(`alter table ` + table + ` disable trigger user`)
			}
			if n := o.sql(change); n != 1 {
				t.Fatalf("%d rows changed", n)
			}
			if r := o.verify(""); len(r.Faults) == 0 {
				t.Error("it is not found")
			}
		})
	}
}

// TestTheEndOfTheRecordIsMissed: cut off at its end the chain looks whole, but for who noted its head.
func TestTheEndOfTheRecordIsMissed(t *testing.T) {
	o := recorded(t)
	head := o.verify("").Head
	for _, table := range []string{"consents", "consent_seals"} {
		o.sql(`alter table ` + table + ` disable trigger user`)
	}
	o.sql(`delete from consent_seals where seq = 6`)
	o.sql(`delete from consent_details where consent_id = 6`)
	o.sql(`delete from consents where id = 6`)
	if r := o.verify(head); len(r.Faults) != 1 || !strings.Contains(r.Faults[0], "head") {
		t.Errorf("%+v", r)
	}
}

// TestWhatWasAddedWithoutTheSecretIsSealedLater: also what is older than the chain.
func TestWhatWasAddedWithoutTheSecretIsSealedLater(t *testing.T) {
	o := newOffice(t)
	o.many(20)
	o.sql(`delete from consent_details`)
	must(t, o.UseKeys(t.Context(), testKeys(t)))
	o.readers("late@example.org en news")
	if r := o.verify(""); len(r.Faults) == 0 {
		t.Error("twenty lines without a seal are not found")
	}
	for want := 20; want >= 0; want -= 20 {
		if n := value(o.SealConsents(t.Context()))(t); n != want {
			t.Errorf("%d sealed, want %d", n, want)
		}
	}
	if r := o.verify(""); len(r.Faults) > 0 || r.Records != 21 {
		t.Errorf("%+v", r)
	}
}

func TestTheRecordCannotBeChangedByTheProgram(t *testing.T) {
	o := recorded(t)
	for _, statement := range []string{`update consents set source = ''`, `delete from consent_seals`, `truncate consents cascade`} {
		if _, err := o.db.ExecContext(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", statement, err)
		}
	}
}
