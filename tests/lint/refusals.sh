#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Who is refused or warned reads why in her language: each sentence that a command
# of the node answers with has a row in src/node/refusals.def. With a folder as $2
# that tree is looked at.
set -u
cd "${2:-$(dirname "$0")/../..}/src/node" || exit 2

# sentences: two words or more, no command, no mere frame of conversions
perl -0777 -ne '
    BEGIN {
        @ARGV = ("refusals.def", glob("*.c"));
        # the words of the rules, and what the trail and the alarms keep
        %kept = map { $_ => 1 } "gateway %s", "%llu readers", "%zu rows",
            "%.*s was released by one person alone; another one reviews it";
    }
    sub sentences {
        my @all;
        for ($_[0] =~ /((?:"(?:[^"\\]|\\.)*"\s*)+)/g) {
            my $s = join("", /"((?:[^"\\]|\\.)*)"/g);
            push @all, $s if $s =~ / / && $s =~ /[a-z]{3}/ &&
                $s !~ /^almenara / && !$kept{$s};
        }
        return @all;
    }
    if ($ARGV eq "refusals.def") {
        $row{$_} = 1 for map { (sentences($_))[0] // () }
            /REFUSAL\(((?:"(?:[^"\\]|\\.)*"\s*)+),/g;
        next;
    }
    while (/\b(?:call_(?:fail|misused|unwritten|is_written|text)|not_attached|(?:refuse(?=\(c,)|failed(?=\(v,)))(\((?:[^()"]++|"(?:[^"\\]|\\.)*+"|(?1))*+\))/g) {
        for (sentences($1)) { $missing{"$ARGV: $_"} = 1 unless $row{$_}; }
        $seen++;
    }
    while (/static const char not_\w+\[\]\s*=\s*([^;]*);/g) {
        for (sentences($1)) { $missing{"$ARGV: $_"} = 1 unless $row{$_}; }
    }
    END {
        die "refusals: the calls are not read\n" if $seen < 200 || %row < 200;
        print STDERR "refusals: no row for: $_\n" for sort keys %missing;
        exit(%missing ? 1 : 0);
    }'
