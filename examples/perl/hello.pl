#!/usr/bin/perl
# hello: a siogate handler with nothing but FCGI.pm and JSON::PP.
#
#	echo args...	acknowledges with the same arguments
#	hello name	acknowledges with "Hello, <name>"
#	say text	sends "said" with the text to everybody in the namespace
#
# The gateway sends each event as a FastCGI request (or starts the program as a
# CGI for each one: FCGI.pm knows by itself). The body is one JSON object on a
# line; in a batch, several lines.
use strict;
use warnings;
use FCGI;
use JSON::PP;

# Bytes in, bytes out. Integers of any size stay exact.
my $json = JSON::PP->new->utf8->canonical->allow_bignum;

# One function for each event: it gets the event and its arguments, and returns
# the actions, each of which becomes a line of the answer.
my %on = (
	echo => sub { my ($event, @args) = @_; return { ack => \@args } },
	hello => sub { my ($event, $name) = @_; return { ack => ["Hello, " . ($name // "you")] } },
	say => sub {
		my ($event, $text) = @_;
		return { emit => 'said', args => [$text], to => '*' };
	},
);

# The actions that answer an event. Other types than "event" need none: a
# "connect" that nobody objects to is admitted.
sub answer {
	my ($event) = @_;
	return unless $event->{type} eq 'event';
	my $function = $on{$event->{event}};
	return $function->($event, @{ $event->{args} }) if $function;
	return { error => { name => 'no_such_method',
		message => "The method \"on_$event->{event}\" was not found" } };
}

my $request = FCGI::Request();
while ($request->Accept() >= 0) {
	read STDIN, my $body, $ENV{CONTENT_LENGTH} // 0;
	my @lines = grep { /\S/ } split /\n/, $body // '';
	my $out = "Content-type: application/x-ndjson\r\n\r\n";
	my $ok = eval {
		for my $n (0 .. $#lines) {
			for my $action (answer($json->decode($lines[$n]))) {
				next if exists $action->{ack} && $lines[$n] !~ /"ack":\s*true/;
				$action->{re} = $n if @lines > 1;    # which line it answers
				$out .= $json->encode($action) . "\n";
			}
		}
		1;
	};
	print STDERR "hello: $@" unless $ok;    # to the gateway's log
	print $ok ? $out : "Status: 500 Internal Server Error\r\n\r\n";
}
