/**
 * Countries by calling code (ITU-T E.164 Annex, list of assigned country codes). A code that several share stands for the largest of
 * them; the others are told apart below, because what one of them costs or loses says nothing of the others (SEC-37).
 */
const CALLING_CODES =
  '20:EG 27:ZA 30:GR 31:NL 32:BE 33:FR 34:ES 36:HU 39:IT 40:RO 41:CH 43:AT 44:GB 45:DK 46:SE 47:NO 48:PL 49:DE ' +
  '51:PE 52:MX 53:CU 54:AR 55:BR 56:CL 57:CO 58:VE 60:MY 61:AU 62:ID 63:PH 64:NZ 65:SG 66:TH 81:JP 82:KR 84:VN ' +
  '86:CN 90:TR 91:IN 92:PK 93:AF 94:LK 95:MM 98:IR 211:SS 212:MA 213:DZ 216:TN 218:LY 220:GM 221:SN 222:MR 223:ML ' +
  '224:GN 225:CI 226:BF 227:NE 228:TG 229:BJ 230:MU 231:LR 232:SL 233:GH 234:NG 235:TD 236:CF 237:CM 238:CV 239:ST ' +
  '240:GQ 241:GA 242:CG 243:CD 244:AO 245:GW 246:IO 247:AC 248:SC 249:SD 250:RW 251:ET 252:SO 253:DJ 254:KE 255:TZ ' +
  '256:UG 257:BI 258:MZ 260:ZM 261:MG 262:RE 263:ZW 264:NA 265:MW 266:LS 267:BW 268:SZ 269:KM 290:SH 291:ER 297:AW ' +
  '298:FO 299:GL 350:GI 351:PT 352:LU 353:IE 354:IS 355:AL 356:MT 357:CY 358:FI 359:BG 370:LT 371:LV 372:EE 373:MD ' +
  '374:AM 375:BY 376:AD 377:MC 378:SM 380:UA 381:RS 382:ME 383:XK 385:HR 386:SI 387:BA 389:MK 420:CZ 421:SK 423:LI ' +
  '500:FK 501:BZ 502:GT 503:SV 504:HN 505:NI 506:CR 507:PA 508:PM 509:HT 590:GP 591:BO 592:GY 593:EC 594:GF 595:PY ' +
  '596:MQ 597:SR 598:UY 599:CW 670:TL 672:NF 673:BN 674:NR 675:PG 676:TO 677:SB 678:VU 679:FJ 680:PW 681:WF 682:CK ' +
  '683:NU 685:WS 686:KI 687:NC 688:TV 689:PF 690:TK 691:FM 692:MH 850:KP 852:HK 853:MO 855:KH 856:LA 880:BD 886:TW ' +
  '960:MV 961:LB 962:JO 963:SY 964:IQ 965:KW 966:SA 967:YE 968:OM 970:PS 971:AE 972:IL 973:BH 974:QA 975:BT 976:MN ' +
  '977:NP 992:TJ 993:TM 994:AZ 995:GE 996:KG 998:UZ ';

/** Area codes of `+1` (North American Numbering Plan) outside the United States. */
const NORTH_AMERICA =
  'CA:204,226,236,249,250,257,263,273,289,306,343,354,365,367,368,382,403,416,418,428,431,437,438,450 ' +
  'CA:468,474,506,514,519,548,579,581,584,587,600,604,613,622,633,639,647,672,683,705,709,742,753,778 ' +
  'CA:780,782,807,819,825,867,873,879,902,905,942 BS:242 BB:246 AI:264 AG:268 VG:284 VI:340 KY:345 BM:441 GD:473 ' +
  'TC:649 JM:658,876 MS:664 MP:670 GU:671 AS:684 SX:721 LC:758 DM:767 VC:784 PR:787,939 DO:809,829,849 TT:868 ' +
  'KN:869 ';

/**
 * Ranges of the smaller countries that share a calling code, code included (national numbering plans). Those who have no range of their
 * own (Saint Martin, Saint Barthélemy, most of Christmas Island) count as the largest.
 */
const SHARED_RANGES =
  'GG:441481,447781,447839,4479111,4479117 JE:441534,447509,4477003,4477007,4477008,447797,447829,447937 ' +
  'IM:441624,4474576,447524,447624,447924 VA:3906698 SJ:4779 CC:6189162 CX:6189164 EH:2125288,2125289 ' +
  'YT:2622689,262269,262639,26270935,26270936,26270937 TA:2908 AX:35818 BQ:5993,5994,5997 ';

/** No country: an unassigned code, a satellite or another network that belongs to none. */
export const NO_COUNTRY = 'other';

const countries = new Map<string, string>();
for (const entry of CALLING_CODES.trim().split(' ')) {
  const [code = '', country = ''] = entry.split(':');
  countries.set(code, country);
}
const areas = new Map<string, string>();
for (const entry of NORTH_AMERICA.trim().split(' ')) {
  const [country = '', codes = ''] = entry.split(':');
  for (const code of codes.split(',')) areas.set(code, country);
}

/** By the country that their code stands for. */
const ranges = new Map<string, (readonly [range: string, country: string])[]>();
for (const entry of SHARED_RANGES.trim().split(' ')) {
  const [country = '', list = ''] = entry.split(':');
  for (const range of list.split(',')) {
    const largest = countryOfCode(range);
    ranges.set(largest, [...(ranges.get(largest) ?? []), [range, country]]);
  }
}

/**
 * The country (ISO 3166-1 alpha-2) that an E.164 number belongs to by its first digits; the number need not exist. One of some 245
 * values, whatever the number, so that it may label a metric (SEC-38).
 */
export function countryOfPhone(number: string): string {
  if (number.startsWith('+1')) return areas.get(number.slice(2, 5)) ?? 'US';
  if (number.startsWith('+7')) return number[2] === '6' || number[2] === '7' ? 'KZ' : 'RU';
  const country = countryOfCode(number.slice(1, 4));
  const shared = ranges.get(country)?.find(([range]) => number.startsWith(range, 1));
  return shared ? shared[1] : country;
}

function countryOfCode(digits: string): string {
  return countries.get(digits.slice(0, 2)) ?? countries.get(digits.slice(0, 3)) ?? NO_COUNTRY;
}
