// s3rver knows one account, S3RVER; this gives it the keys that the suite has.
require(`${process.env.S3RVER}/lib/models/account`).DUMMY_ACCOUNT.createKeyPair('test', 'test');
