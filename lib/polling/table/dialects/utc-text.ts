/** What a process in UTC makes of the text of a date without a zone. */
export function utcText(text: string, type: string): string {
  return type === 'date'
    ? `${text}T00:00:00.000Z`
    : `${text.replace(' ', 'T').replace(/(\.\d{3})\d*$/, '$1')}Z`;
}
