import { BadRequestException, HttpException } from '@nestjs/common';
import { describeError } from './describe-error.js';

describe(describeError.name, () => {
  it.each([
    ['a text', 'a text'],
    [new RangeError('too far'), 'RangeError: too far'],
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
