import { multipartOutline, parseMultipartForm } from './multipart-form.js';

const part = (name: string, value: string, more = ''): string =>
  `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;

const form = (...parts: string[]): Buffer => Buffer.from(`${parts.join('')}--b--\r\n`);

const NAMES = ['token', 'parent-token'];

describe(multipartOutline.name, () => {
  it('F-10 reads the fields that are asked for as the whole form would be read, and no others', () => {
    const body = form(
      part('a', 'b'),
      part('token', 'tö'),
      part('file', '\0', '; filename="token"'),
      part('parent-token', ''),
      part('mytoken', '1'),
    );
    const { token, 'parent-token': parent } = parseMultipartForm(body, 'b');
    const outline = multipartOutline(body, 'b', NAMES);
    expect({ ...outline }).toEqual({ token, 'parent-token': parent });
    expect({ ...outline }).toEqual({ token: 'tö', 'parent-token': '' });
  });

  it('F-10 passes over what is too long, and ends where a name comes again', () => {
    const long = form(
      part('token', 'a'.repeat(1_024)),
      part('parent-token', '1', `; ${'a=b;'.repeat(300)}`),
    );
    expect({ ...multipartOutline(long, 'b', NAMES) }).toEqual({});
    const again = form(
      part('token', '1'),
      part('token', '2'),
      part('token', '3'),
      part('parent-token', '4'),
    );
    expect({ ...multipartOutline(again, 'b', NAMES) }).toEqual({ token: ['1', '2'] });
  });

  it.each([
    ['no boundary', Buffer.from('token=1')],
    ['no end', Buffer.from(part('token', '1'))],
    [
      'an unknown character set',
      form(part('token', '1', '\r\nContent-Type: text/plain; charset=none')),
    ],
    ['too many parts', form(part('a', '1').repeat(1_001))],
  ])('F-10 reads nothing of a form with %s', (_, body) => {
    expect(multipartOutline(body, 'b', NAMES)).toBeUndefined();
  });
});
