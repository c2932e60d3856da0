import { readableAnswer } from './answer.js';

describe(readableAnswer.name, () => {
  it.each([
    ['{"status":"accepted","key":"0198-a"}', 'status: accepted, key: 0198-a'],
    [
      '{"issues":[{"path":"total","message":"Required"}],"n":null}',
      'issues: [{"path":"total","message":"Required"}], n: null',
    ],
    ['Bad "signature"', 'Bad "signature"'],
    ['[1,2]', '[1,2]'],
    ['', ''],
    ['red \u001b[31mtext\u0007\r\n', 'red \\u001b[31mtext\\u0007\\r\\n'],
    ['{"message":"\u202e\\u001b[2J"}', 'message: \\u202e\\u001b[2J'],
    ['x'.repeat(5_000), `${'x'.repeat(4_000)} and 1000 characters more`],
  ])('F-33 shows %j', (answer, expected) => {
    expect(readableAnswer(answer)).toBe(expected);
  });
});
