/** Characters of the longest text that is drawn; a key URI has far fewer. */
const LONGEST = 1000;

/** A key URI of an authenticator app as a QR code; `undefined` for any other text. The drawing is loaded when it is first asked for. */
export async function qrSvg(text: string): Promise<string | undefined> {
  if (!text.startsWith('otpauth://') || text.length > LONGEST) return undefined;
  const { renderSVG } = await import('uqr');
  // Four modules of white around it (ISO/IEC 18004 §6.3.8), or phones do not find it.
  return renderSVG(text, { border: 4, ecc: 'M' });
}
