process.env.FULL = '1';
