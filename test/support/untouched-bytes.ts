import type { OutgoingHttpHeaders } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { MountedReceiver } from './mounted.receiver.js';

/** Bodies that would be others if they were parsed and written again. */
const BODIES: readonly [string, Buffer, OutgoingHttpHeaders?][] = [
  ['unicode escapes', Buffer.from('{"name":"\\u00e9\\u0041"}')],
  ['1.0 and 1e2', Buffer.from('{"points":1.0,"max":1e2}')],
  ['duplicate keys and white space', Buffer.from('{ "a":1,\r\n\t"a":2 }\n')],
  ['a BOM', Buffer.from('\ufeff{"a":1}')],
  ['$& and $$', Buffer.from('{"a":"$& $$ $` $\'"}')],
  [
    'a form',
    Buffer.from('id=tr_1&a=%20+'),
    { 'content-type': 'application/x-www-form-urlencoded' },
  ],
  ['invalid UTF-8', Buffer.from([0xff, 0x00, 0xc3]), { 'content-type': 'text/plain' }],
  ['no content type', Buffer.from('{"b":1.0}'), { 'content-type': undefined }],
  [
    'another content type',
    Buffer.from('{"c":1.0}'),
    { 'content-type': 'application/vnd.api+json' },
  ],
  [
    'another charset',
    Buffer.from('{"d":"\u00e9"}', 'latin1'),
    { 'content-type': 'application/json; charset=latin1' },
  ],
  ['more than 100 kB', Buffer.from(`{"e":"${'x'.repeat(200_000)}"}`)],
];

/** Posts bodies whose re-serialisation would differ, and an emoji in two chunks, and a compressed one. */
export async function expectBytesUntouched(
  receiver: MountedReceiver,
  path = '/webhooks/game',
  headers: OutgoingHttpHeaders = {},
): Promise<void> {
  for (const [name, bytes, own] of BODIES) {
    const reply = await receiver.send(bytes, { path, headers: { ...headers, ...own } });
    expect({ name, status: reply.status }).toEqual({ name, status: 200 });
  }
  const emoji = Buffer.from('{"text":"😀"}');
  const chunks = [emoji.subarray(0, 11), emoji.subarray(11)];
  expect((await receiver.send(emoji, { path, headers, chunks })).status).toBe(200);
  const hidden = Buffer.from('{"hidden":1.0}');
  const compressed = await receiver.send(hidden, {
    path,
    headers: { ...headers, 'content-encoding': 'gzip' },
    chunks: [gzipSync(hidden)],
  });
  expect(compressed.status).toBe(200);

  const expected = [...BODIES.map(([, bytes]) => bytes), emoji, hidden];
  expect((await receiver.storedBodies()).toReversed()).toEqual(
    expected.map((bytes) => bytes.toString('latin1')),
  );
  const forged = await receiver.send('{}', {
    path,
    headers: { ...headers, 'x-test-signature': 'forged' },
  });
  expect(forged).toMatchObject({
    status: 401,
    body: '{"statusCode":401,"error":"Unauthorized"}',
  });
}
