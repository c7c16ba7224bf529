"""Standard measures of style transfer over fixed pairs of pictures. Knows methods only as functions of two pictures."""
