package mce

import "strings"

// Homes are time zones to choose from, for who tells where they are at home: those of Europe, and elsewhere one for each clock that many live by.
// Any other name of the time zone database is as good; see CheckZone.
func Homes() []string {
	return strings.Fields(`
		Europe/Amsterdam Europe/Andorra Europe/Athens Europe/Belgrade Europe/Berlin Europe/Bratislava Europe/Brussels Europe/Bucharest Europe/Budapest
		Europe/Chisinau Europe/Copenhagen Europe/Dublin Europe/Helsinki Europe/Istanbul Europe/Kyiv Europe/Lisbon Europe/Ljubljana Europe/London
		Europe/Luxembourg Europe/Madrid Europe/Malta Europe/Minsk Europe/Monaco Europe/Moscow Europe/Oslo Europe/Paris Europe/Podgorica Europe/Prague
		Europe/Riga Europe/Rome Europe/San_Marino Europe/Sarajevo Europe/Skopje Europe/Sofia Europe/Stockholm Europe/Tallinn Europe/Tirane Europe/Vaduz
		Europe/Vienna Europe/Vilnius Europe/Warsaw Europe/Zagreb Europe/Zurich
		Africa/Accra Africa/Algiers Africa/Cairo Africa/Casablanca Africa/Johannesburg Africa/Lagos Africa/Nairobi Africa/Tunis
		America/Anchorage America/Argentina/Buenos_Aires America/Bogota America/Chicago America/Denver America/Halifax America/Lima America/Los_Angeles
		America/Mexico_City America/Montevideo America/New_York America/Phoenix America/Santiago America/Sao_Paulo America/St_Johns America/Toronto
		Asia/Almaty Asia/Amman Asia/Baku Asia/Bangkok Asia/Beirut Asia/Dhaka Asia/Dubai Asia/Ho_Chi_Minh Asia/Hong_Kong Asia/Jakarta Asia/Jerusalem
		Asia/Karachi Asia/Kathmandu Asia/Kolkata Asia/Manila Asia/Nicosia Asia/Riyadh Asia/Seoul Asia/Shanghai Asia/Singapore Asia/Taipei Asia/Tashkent
		Asia/Tbilisi Asia/Tehran Asia/Tokyo Asia/Yerevan
		Atlantic/Azores Atlantic/Canary Atlantic/Reykjavik
		Australia/Adelaide Australia/Brisbane Australia/Darwin Australia/Perth Australia/Sydney
		Pacific/Auckland Pacific/Honolulu`)
}
