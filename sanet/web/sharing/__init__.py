"""What outlives the page: recipes, links, files."""
