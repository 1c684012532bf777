#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What a team does at home with what it was told: the organisations that it
# serves.
# what lib.sh brings is not followed
# shellcheck disable=SC1091,SC2154
. "$(dirname "$0")/lib.sh"

network_make uy
node_start uy
ok 'uy is ready' within 10 node_is_ready uy
count() { is "$1" wc -l < <(cmd uy constituent list "${@:2}"); }

# constituents
cat > "$dir/served.csv" <<- 'END'
	Nombre;Sector;domains;Redes;products;mail;webhook;language;agreement;note
	Banco del Litoral;financial/banking;Litoral.example|pagos.example;192.0.2.0/24;Acme Gate|pkg:deb/debian/openssl;soc@litoral.example;;es;2026/1;
	"Luz ""del"" Sur; S.A.";energy/electricity;luz.example;2001:db8:17::/48;cpe:2.3:a:acme:gate:9.1:*:*:*:*:*:*:*;;https://luz.example/hook;pt;2026/2;
	Puerto de la Paloma;transport/maritime;;;;guardia@puerto.example;;es;;"Uno.
	Dos."
	END
ok 'constituents come from a table' cmd uy constituent import "$dir/served.csv"
ok 'as many as it has' count 3
ok 'their codes are shown in words' says 'Luz "del" Sur; S.A..*Electricity' \
    cmd uy constituent list
ok 'as one register among others' says '^constituent' cmd uy register list
first_is() { is "$1" ask uy -g rows.0.body."$2" register \
    '{"kind":"constituent"}'; }
ok 'line breaks in a cell stay' first_is $'Uno.\nDos.' note
bad() { # LINE WHY
	printf '%s\n' 'name,sector,domains,mail' 'A,energy,,' 'B,energy,"b.example
	c.example",' "$1" > "$dir/bad.csv"
	refuses "$2" uy constituent import "$dir/bad.csv"
}
ok 'a name of no domain is refused' bad 'C,energy,sal ud,' 'line 5'
ok 'and what is wrong is said' says 'domains\[0\] is not the name of a domain' \
    cat "$dir/uy/cmd.err"
ok 'no address of mail' bad 'C,energy,,x@y' 'mail\[0\]'
ok 'no sector' bad 'C,casino,,' 'sector'
ok 'an open quote' bad '"C,energy' 'not closed'
printf 'name,colour\nA,red\n' > "$dir/bad.csv"
ok 'a column that is no field' refuses '"colour" is no field' uy constituent \
    import "$dir/bad.csv"
ok 'nothing of all that was taken' count 3
id=$(cmd uy constituent add --set 'name=Hospital Central' \
    --set sector=health/hospitals --set prefixes=198.51.100.0/25)
ok 'one is added' count 4
ok 'changed' quietly cmd uy constituent set "$id" --set mail=ti@hospital.example
ok 'and shown' says 'ti@hospital.example' cmd uy constituent show "$id"
service=$(cmd uy register add critical-service --set name=Red \
    --set sector=energy --set state=ok)
ok 'a row of another register is none' refuses 'critical-service' uy \
    constituent remove "$service" --reason x
ok 'one is removed' quietly cmd uy constituent remove "$id" --reason 'Se mudó'
ok 'and gone' count 3
ok 'but not lost' count 4 --all
ok 'so many are listed as asked for' count 2 --most 2
finish
