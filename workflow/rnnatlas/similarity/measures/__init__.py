"""The measures of similarity, one file each; ``rnnatlas.measures`` lists them and says what a file has."""
