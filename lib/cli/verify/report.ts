import type { ContentPart, ExplainingScheme } from '../../signatures/parts/content-part.js';
import type {
  RefusalReason,
  SignatureScheme,
  SignedRequest,
  Verified,
} from '../../signatures/signature-scheme.js';
import type { SigningScheme } from '../../signatures/signing.scheme.js';
import { printable } from '../printable.js';
import { parseInstant } from './captured-request.js';

const REASONS: Readonly<Record<RefusalReason, string>> = {
  'missing-signature': 'A header that the signature needs is missing or blank.',
  'malformed-signature':
    'A header of the signature does not have the form that the sender uses, or is repeated.',
  'signature-mismatch':
    'The signature is well-formed, but was made with another secret or over other bytes.',
  'timestamp-missing': 'The signed time is missing.',
  'timestamp-too-old': 'The signature is correct, but its time is too far in the past.',
  'timestamp-too-new': 'The signature is correct, but its time is too far in the future.',
  'unsupported-algorithm':
    'The header has signatures, but none of the algorithm that the scheme verifies.',
  'key-unavailable': 'The key of the sender could not be fetched.',
  'too-many-events': 'The body has more events than one request may have.',
};

/**
 * The facts of a verified request.
 *
 * @internal
 */
export function acceptance({ events, ...facts }: Verified): string[] {
  const lines = ['verified: the signature is correct'];
  for (const { eventId, eventType, occurredAt } of events ?? [facts]) {
    lines.push(
      `  event id ${eventId === undefined ? 'none' : printable(eventId)}, type ${eventType === undefined ? 'none' : printable(eventType)}` +
        (occurredAt === undefined ? '' : `, occurred at ${occurredAt.toISOString()}`),
    );
  }
  return lines;
}

/**
 * Why a request was refused: what is wrong, what to do, and what the sender must have signed. It shows
 * neither the secret nor a correct signature.
 *
 * @param cause what exactly is wrong, if it was found
 * @internal
 */
export function refusal(
  reason: RefusalReason,
  scheme: SignatureScheme,
  request: SignedRequest,
  { now, cause }: { readonly now: Date; readonly cause: string | undefined },
): string[] {
  const parts = explains(scheme) ? scheme.contentOf(request) : undefined;
  return [
    `refused: ${reason}`,
    `  ${REASONS[reason]}`,
    ...(cause === undefined ? [] : [`  ${cause}`]),
    ...advice(reason, scheme, request, now, parts),
    '',
    ...signedContent(scheme, parts),
  ];
}

function advice(
  reason: RefusalReason,
  scheme: SignatureScheme,
  { headers }: SignedRequest,
  now: Date,
  parts: readonly ContentPart[] | undefined,
): string[] {
  switch (reason) {
    case 'missing-signature':
    case 'malformed-signature':
    case 'unsupported-algorithm':
    case 'timestamp-missing':
      return [
        `  '${scheme.name}' sends: ${signatureHeaders(scheme).join(', ') || 'headers of its own'}`,
        `  the request has: ${Object.keys(headers).join(', ') || 'no headers'}`,
      ];
    case 'timestamp-too-old':
    case 'timestamp-too-new': {
      const text = textOf(parts?.find(({ name }) => name === 'timestamp'));
      const at = parseInstant(text);
      return [
        ...(text === ''
          ? []
          : [`  signed time: ${printable(text)}${at ? `, ${at.toISOString()}` : ''}`]),
        `  judged at: ${now.toISOString()}. For an older request, give its time of arrival with --at.`,
      ];
    }
    case 'signature-mismatch':
    case 'key-unavailable':
    case 'too-many-events':
      return [];
  }
}

function signedContent(
  scheme: SignatureScheme,
  parts: readonly ContentPart[] | undefined,
): string[] {
  if (parts === undefined) {
    return [`What '${scheme.name}' signs cannot be shown part by part; see its documentation.`];
  }
  const total = parts.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return [
    `What '${scheme.name}' must have signed for this request: ${total} bytes, in this order`,
    ...parts.map(
      ({ name, bytes }) =>
        `  ${name.padEnd(9)}  ${String(bytes.length).padStart(6)} bytes  ${printable(bytes)}`,
    ),
  ];
}

/** The names of the headers that a request of this sender has. */
function signatureHeaders(scheme: SignatureScheme): string[] {
  if (!signs(scheme)) return [];
  try {
    return Object.keys(scheme.sign({ body: '{}', id: 'id', url: 'https://example.com/' }).headers);
  } catch {
    return [];
  }
}

function textOf(part: ContentPart | undefined): string {
  return part === undefined ? '' : Buffer.from(part.bytes).toString('latin1');
}

function explains(scheme: SignatureScheme): scheme is SignatureScheme & ExplainingScheme {
  return 'contentOf' in scheme && typeof scheme.contentOf === 'function';
}

function signs(scheme: SignatureScheme): scheme is SigningScheme {
  return 'sign' in scheme && typeof scheme.sign === 'function';
}
