// Command mce-mailer is the newsletter and notification mailer of Major Cities of Europe.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/majorcities/mce-mailer/mce"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// cli is the command line: what a verb does is in the file of its name.
type cli struct {
	Settings

	Serve        serveCmd        `cmd:"" help:"Run the daemon: cron, delivery and web pages."`
	Demo         demoCmd         `cmd:"" help:"Show everything at work: real database, real mail into an inbox you can read, a clock that runs fast."`
	Migrate      migrateCmd      `cmd:"" help:"Bring the database's schema up to date. The daemon does so by itself."`
	Config       configCmd       `cmd:"" help:"Show the settings in force, secrets left out."`
	Content      contentCmd      `cmd:"" help:"Articles, events, resources, topics, series and reminder rules."`
	Series       seriesCmd       `cmd:"" help:"The recurring newsletters."`
	Issue        issueCmd        `cmd:"" help:"The issues of the newsletters, from assembly to the last letter."`
	Subscriber   subscriberCmd   `cmd:"" help:"Who reads the newsletters."`
	Suppression  suppressionCmd  `cmd:"" help:"Addresses that must not be written to."`
	Organisation organisationCmd `cmd:"" help:"Cities and companies, members and sponsors."`
	Consent      consentCmd      `cmd:"" help:"The record of consent."`
	Event        eventCmd        `cmd:"" help:"Conferences, workshops, webinars and study tours."`
	Reminder     reminderCmd     `cmd:"" help:"Mails that are due by the dates of events."`
	Registration registrationCmd `cmd:"" help:"The delegates' places in events."`
	Token        tokenCmd        `cmd:"" help:"Tokens of programs that use the interface."`
	Simulate     simulateCmd     `cmd:"" help:"Look ahead: every mail that would leave, when, to whom and why. Nothing is sent, nothing stays."`
	Outbox       outboxCmd       `cmd:"" help:"Letters on their way."`
	Purge        purgeCmd        `cmd:"" help:"Remove what has been kept for its time: letters, people who left, delegates. The daemon does so every night."`
	User         userCmd         `cmd:"" help:"Who may come to the editors' desk."`
	Bench        benchCmd        `cmd:"" help:"Measure delivery against a mail server on this machine that throws mail away."`
	DKIM         dkimCmd         `cmd:"" name:"dkim" help:"Keys for signing mails, where the relay does not sign."`
	SendTest     sendTestCmd     `cmd:"" name:"send-test" help:"Send one mail through the relay, to see whether it arrives."`
}

const about = `The newsletter and notification mailer of Major Cities of Europe.

Exit status: 0 done, 1 failed, 2 wrong input, 3 no such thing, 4 not possible in its state, 5 database or relay cannot be reached.`

// run is the program: the tests' entry too. It returns the exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return runAt(ctx, mce.SystemClock{}, args, stdin, stdout, stderr)
}

// runAt is run by a clock of the caller's: tests let hours of retries pass in a moment.
func runAt(ctx context.Context, clock mce.Clock, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var c cli
	exit := -1
	forgetEmpty()
	parser, err := kong.New(&c, kong.Name("mce-mailer"), kong.Description(about), kong.UsageOnError(), kong.Writers(stdout, stderr),
		kong.Exit(func(status int) { exit = status }), kong.Resolvers(kong.ResolverFunc(fromFile)),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}), defaults())
	if err != nil {
		fmt.Fprintln(stderr, "mce-mailer:", err)
		return 1
	}
	parsed, err := parser.Parse(args)
	if exit >= 0 { // help was asked for and shown
		return exit
	}
	if err != nil {
		fmt.Fprintf(stderr, "mce-mailer: %s\nmce-mailer --help lists the commands.\n", err)
		return 2
	}
	e := &env{ctx: ctx, settings: &c.Settings, in: stdin, out: stdout, err: stderr, clock: clock}
	if err := c.Settings.check(); err != nil {
		return e.fail(err)
	}
	usual := slog.LevelWarn
	if verb := parsed.Command(); verb == "serve" || verb == "demo" {
		usual = slog.LevelInfo
	}
	e.log = c.Settings.logger(stderr, usual)
	return e.fail(parsed.Run(e))
}

// env is what a verb is given.
type env struct {
	ctx      context.Context //nolint:containedctx // it lives as long as the command, and kong calls Run without one
	settings *Settings
	in       io.Reader
	out, err io.Writer
	clock    mce.Clock
	log      logger
}

// fail tells a person what went wrong and gives the exit status.
func (e *env) fail(err error) int {
	if err == nil {
		return 0
	}
	var status exitStatus
	if errors.As(err, &status) {
		return int(status)
	}
	fmt.Fprintln(e.err, "mce-mailer:", err)
	switch mce.ErrorCode(err) {
	case mce.Invalid:
		return 2
	case mce.NotFound:
		return 3
	case mce.Conflict:
		return 4
	case mce.Unavailable:
		return 5
	case mce.Busy, mce.Internal:
	}
	return 1
}

// exitStatus is an error whose story has been told already.
type exitStatus int

func (s exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(s)) }
