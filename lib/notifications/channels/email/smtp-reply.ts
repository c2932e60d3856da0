/** A permanent reply (5xx) of a mail server. */
export interface PermanentReply {
  readonly code: number;
  /** All of its lines. */
  readonly text: string;
  /** Whether it answers `MAIL FROM`: the sender is the same for all messages. */
  readonly isAboutSender: boolean;
}

/** An enhanced status code (RFC 3463): class, subject, detail. */
const ENHANCED = /^5\d\d[ -]5\.(\d{1,3})\.(\d{1,3})\b/m;

/** Subject of a reply, by the second number of its enhanced status code. */
const SUBJECT = {
  other: 0,
  address: 1,
  mailbox: 2,
  system: 3,
  protocol: 5,
  content: 6,
} as const;

/** Details about the address of the sender: 5.1.7 its syntax, 5.1.8 its domain. */
const SENDER_ADDRESS: ReadonlySet<number> = new Set([7, 8]);

/** 5.3.4: the message is too large for the system. */
const TOO_LARGE_FOR_SYSTEM = 4;

/** 5.5.3: too many recipients. */
const TOO_MANY_RECIPIENTS = 3;

/** A session out of order (503), and a server that wants another login (530 to 538). */
const ABOUT_SESSION: ReadonlySet<number> = new Set([503, 530, 534, 535, 538]);

/** The mailbox is full, or the message too large for it. */
const EXCEEDED_STORAGE = 552;

/** How they say that the mailbox is full: about the recipient, though a quota is named. */
const FULL_MAILBOX =
  /^(?!.*\b(?:sending|hourly|daily)\b).*(?:\bmailbox\b.*\b(?:full|quota)|\bquota\b.*\bmailbox\b|\b(?:user|recipient)\b.*\bover quota\b)/im;

/** How servers without enhanced status codes say that it is not about this message. */
const ABOUT_ACCOUNT =
  /\brelay|\bquota|\b(?:sending|hourly|daily|rate) limit|\bpolicy|\bblock(?:ed|list)|\bblacklist|\bauthenticat/i;

/**
 * Whether a permanent reply concerns this message: its recipient's mailbox, or its content. Others are
 * about the account, a quota, the network, relaying or a policy: the next message would fail alike, and this
 * one succeeds when that is cured.
 *
 * A full mailbox (5.2.2, or 552) is final, as the server calls it permanent.
 *
 * @see RFC 5321, section 4.2; RFC 3463, section 3
 * @internal
 */
export function isAboutMessage({ code, text, isAboutSender }: PermanentReply): boolean {
  if (ABOUT_SESSION.has(code)) return false;
  const enhanced = ENHANCED.exec(text);
  const subject = Number(enhanced?.[1] ?? SUBJECT.other);
  const detail = Number(enhanced?.[2] ?? 0);
  switch (subject) {
    case SUBJECT.other:
      if (code === EXCEEDED_STORAGE) return true;
      return !isAboutSender && (FULL_MAILBOX.test(text) || !ABOUT_ACCOUNT.test(text));
    case SUBJECT.address:
      return !isAboutSender && !SENDER_ADDRESS.has(detail);
    case SUBJECT.mailbox:
    case SUBJECT.content:
      return true;
    case SUBJECT.system:
      return detail === TOO_LARGE_FOR_SYSTEM;
    case SUBJECT.protocol:
      return detail === TOO_MANY_RECIPIENTS;
    default:
      return false;
  }
}
