import { BadRequestException, HttpException } from '@nestjs/common';
import { runInNewContext } from 'node:vm';
import { describeError } from './describe-error.js';

/** As better-sqlite3 makes its errors, in another sandbox than that of the test. */
const FOREIGN_ERROR: unknown = runInNewContext(`
  function SqliteError(message) {
    Error.call(this, message);
    this.message = message;
    Error.captureStackTrace(this, SqliteError);
  }
  Object.setPrototypeOf(SqliteError.prototype, Error.prototype);
  Object.defineProperty(SqliteError.prototype, 'name', { value: 'SqliteError' });
  new SqliteError('database is locked');
`);

describe(describeError.name, () => {
  it.each([
    ['a text', 'a text'],
    [new RangeError('too far'), 'RangeError: too far'],
    [FOREIGN_ERROR, 'SqliteError: database is locked'],
    [runInNewContext(`new TypeError('elsewhere')`) as unknown, 'TypeError: elsewhere'],
    [{ message: 'no stack' }, 'a thrown object'],
    [null, 'a thrown null'],
    [new BadRequestException('no'), 'BadRequestException: no'],
    [new BadRequestException(['a is 1', 'b is 2']), 'BadRequestException: a is 1; b is 2'],
    [
      new BadRequestException({
        message: 'Validation failed',
        errors: [{ path: ['a', 0], message: 'Required' }, { message: 'whole' }, 7, null],
      }),
      'BadRequestException: Validation failed; a.0: Required; whole',
    ],
    [new HttpException('teapot', 418), 'HttpException: teapot'],
    [Object.assign(new Error('own'), { getResponse: () => null }), 'Error: own'],
    [
      Object.assign(new Error('x'), {
        getResponse: () => {
          throw new Error('no response');
        },
      }),
      'a thrown error that cannot be read',
    ],
  ])('F-29 describes %p', (error, expected) => {
    expect(describeError(error)).toBe(expected);
  });
});
