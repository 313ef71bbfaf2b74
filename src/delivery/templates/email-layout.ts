/** What differs between the mails. Our own markup: nothing here comes from a request. */
export interface EmailText {
  readonly title: string;
  readonly lead: string;
  readonly notes: readonly string[];
  /** The variable that the code is, where it is not `otp`. */
  readonly code?: string;
}

const OTP = 'otp';
const FONT = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const MONO = "ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono',monospace";

/**
 * A mail around one code. Tables and inline styles, because that is what mail readers agree on; no images, links or
 * external resources, so that nothing is fetched when it is opened. Placeholders are left for `substitute`.
 */
export function emailHtml({ title, lead, notes, code = OTP }: EmailText): string {
  const paragraphs = notes
    .map((note) => `<p style="margin:0 0 8px;font-size:14px;line-height:21px;color:#5b6472">${note}</p>`)
    .join('\n            ');
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width,initial-scale=1">
  <meta name="color-scheme" content="light">
  <title>${title}</title>
</head>
<body style="margin:0;padding:0;background:#f2f4f8;font-family:${FONT}">
  <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f2f4f8">
    <tr><td align="center" style="padding:40px 16px">
      <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:460px">
        <tr><td style="padding:32px 32px 24px;background:#ffffff;border:1px solid #e1e5ec;border-radius:12px">
            <h1 style="margin:0 0 8px;font-size:20px;line-height:28px;color:#141a24">${title}</h1>
            <p style="margin:0 0 20px;font-size:15px;line-height:22px;color:#2b3442">${lead}</p>
            <p style="margin:0 0 24px;padding:18px 8px;background:#eef3ff;border-radius:8px;text-align:center;font-family:${MONO};font-size:32px;line-height:38px;font-weight:700;letter-spacing:6px;color:#1b3fa8">\${${code}}</p>
            ${paragraphs}
        </td></tr>
      </table>
    </td></tr>
  </table>
</body>
</html>
`;
}

/** The same mail for readers that show text only. */
export function emailText({ title, lead, notes, code = OTP }: EmailText): string {
  return [title, '', lead, '', `    \${${code}}`, '', ...notes, ''].join('\n');
}
